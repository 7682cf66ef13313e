/** Sends a file to the service: as a form, or in parts by tus 1.0 (https://tus.io), which continues where it broke off. */

import { answerOf, base, Refusal } from './api.js'

const PART_BYTES = 4 * 1024 * 1024
const MAX_TRIES = 8
const MAX_PAUSE = 30

/** Answers after which the same request may succeed a moment later. */
const passing = new Set(['unreachable', 'busy', 'upload_locked', 'shutting_down', 'storage_unavailable', 'too_slow'])

/** @param {(share: number) => void} progress from 0 to 1 */
export async function sendForm(file, { progress, signal }) {
  return patiently(signal, async () => {
    const form = new FormData()
    form.append('file', file)
    const answer = await request('POST', new URL('upload', base), { body: form, progress: sent => progress(Math.min(1, sent / file.size)), signal })
    return answerOf(answer.status, answer.responseText)
  })
}

/**
 * @param {string|undefined} address of an upload that was begun before
 * @param {(address: string) => Promise<void>} begun told where the upload continues, before anything is sent
 */
export async function sendInParts(file, { path, address, begun, progress, signal }) {
  let offset
  return patiently(signal, async tries => {
    if (address === undefined) {
      address = await create(file, path, signal)
      offset = 0
      await begun(address)
    } else if (offset === undefined || tries > 0) {
      offset = await offsetOf(address, signal)
      if (offset === undefined) { // it expired, or the service lost it
        address = undefined
        throw new Refusal(0, { code: 'unreachable' })
      }
    }
    while (offset < file.size) {
      progress(offset / file.size)
      const answer = await request('PATCH', address, {
        headers: { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream' },
        body: file.slice(offset, offset + PART_BYTES),
        progress: sent => progress((offset + sent) / file.size),
        signal,
      })
      if (answer.status !== 204) return answerOf(answer.status, answer.responseText)
      offset = Number(answer.getResponseHeader('Upload-Offset'))
    }
    const answer = await request('GET', address, { signal }) // it had all parts already
    return answerOf(answer.status, answer.responseText)
  })
}

/** Tells the service that an upload won't be continued, or that its answer has arrived. Best effort: it expires anyway. */
export const release = address => address && request('DELETE', address, {}).catch(() => {})

async function create(file, path, signal) {
  const begin = new URL(path, location.origin)
  const answer = await request('POST', begin, { headers: { 'Upload-Length': file.size }, signal })
  if (answer.status !== 201) answerOf(answer.status, answer.responseText)
  return new URL(answer.getResponseHeader('Location'), begin).href
}

/** @returns {Promise<number|undefined>} undefined if the service does not know the upload */
async function offsetOf(address, signal) {
  const answer = await request('HEAD', address, { signal })
  if (answer.status === 404) return undefined
  if (answer.status !== 200) throw new Refusal(answer.status, { code: answer.status === 0 ? 'unreachable' : 'upload_locked' })
  return Number(answer.getResponseHeader('Upload-Offset'))
}

/** Repeats what failed for a reason that passes, after longer and longer pauses. */
async function patiently(signal, act) {
  for (let tries = 0; ; tries++) {
    try {
      return await act(tries)
    } catch (error) {
      if (signal.aborted || tries >= MAX_TRIES || !passing.has(error.code)) throw error
      await pause(Math.min(MAX_PAUSE, 2 ** tries / 2), signal)
    }
  }
}

/** Ends early when the machine is online again, and when it is cancelled. */
const pause = (seconds, signal) => new Promise(resolve => {
  const timer = setTimeout(done, seconds * 1000)
  addEventListener('online', done)
  signal.addEventListener('abort', done)
  function done() {
    clearTimeout(timer)
    removeEventListener('online', done)
    signal.removeEventListener('abort', done)
    resolve()
  }
})

/** By `XMLHttpRequest`, since `fetch` does not tell how much is sent. A broken connection has status 0. */
function request(method, address, { headers = {}, body, progress, signal }) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    const abort = () => xhr.abort()
    xhr.open(method, address)
    if (!(body instanceof FormData)) xhr.setRequestHeader('Tus-Resumable', '1.0.0')
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value)
    if (progress) xhr.upload.onprogress = event => progress(event.loaded)
    xhr.onloadend = () => {
      signal?.removeEventListener('abort', abort)
      if (signal?.aborted) reject(new DOMException('cancelled', 'AbortError'))
      else resolve(xhr)
    }
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) reject(new DOMException('cancelled', 'AbortError'))
    else xhr.send(body)
  })
}

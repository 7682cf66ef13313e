/** What is being uploaded. It lives as long as the page, whichever view is shown; after a reload it goes on with what is pending. */

import { capabilities, Refusal } from './api.js'
import { Lanes } from './lanes.js'
import * as pending from './pending.js'
import { release, sendForm, sendInParts } from './sending.js'

/** Smaller files are sent again sooner than a resumable upload is begun. */
const RESUMABLE_FROM = 1024 * 1024

const lanes = new Lanes(3)

/** One file on its way. `state`: waiting, sending, checking, done, refused or cancelled. Dispatches `change`. */
export class Upload extends EventTarget {
  #cancel = new AbortController()

  state = 'waiting'
  progress = 0
  /** @type {Object|undefined} of the service, once it is done */
  answer
  /** @type {Error|undefined} */
  error

  constructor({ id, file, address }) {
    super()
    Object.assign(this, { id, file, address, isResumed: address !== undefined })
  }

  get signal() { return this.#cancel.signal }

  get isOver() { return this.state === 'done' || this.state === 'refused' || this.state === 'cancelled' }

  cancel() {
    this.#cancel.abort()
    if (this.state === 'waiting') this.become({ state: 'cancelled' })
    pending.forget(this.id)
    release(this.address)
  }

  become(change) {
    Object.assign(this, change)
    this.dispatchEvent(new Event('change'))
  }
}

/**
 * @param {Iterable<File>} files
 * @returns {Promise<Upload[]>} on their way; those that the service would refuse for their size are refused already
 */
export async function add(files) {
  const uploads = Array.from(files, file => new Upload({ file }))
  const accepted = await capabilities().catch(() => undefined) // then the service itself refuses
  for (const upload of uploads) {
    const refusal = accepted && refusalOf(upload.file, accepted.limits)
    if (refusal) upload.become({ state: 'refused', error: refusal })
    else start(upload, accepted)
  }
  return uploads
}

/** Again, after a refusal that may pass. */
export async function retry(upload) {
  upload.become({ state: 'waiting', error: undefined, progress: 0 })
  start(upload, await capabilities().catch(() => undefined))
}

/** @returns {Promise<Upload[]>} what an earlier page had not finished and no other tab has in hand */
export async function resume() {
  const found = await pending.all()
  if (found.length === 0) return []
  const accepted = await capabilities().catch(() => undefined)
  const free = await Promise.all(found.map(async one => (await isFree(one.id)) && new Upload(one)))
  return free.filter(Boolean).map(upload => (start(upload, accepted), upload))
}

const isFree = id => pending.alone(id, async () => {})

/** @returns {Refusal|undefined} by its size alone: only the service can tell what the bytes are */
function refusalOf(file, limits) {
  const most = file.type === 'image/svg+xml' ? Math.min(limits.bytes, limits.drawingBytes) : limits.bytes
  if (file.size > most) return new Refusal(413, { code: 'file_too_large', limit: most, actual: file.size })
  return file.size === 0 ? new Refusal(400, { code: 'empty_file' }) : undefined
}

async function start(upload, accepted) {
  upload.id ??= await pending.keep(upload.file)
  const isOurs = await pending.alone(upload.id, () => lanes.run(() => send(upload, accepted?.resumable?.path)))
  if (!isOurs) upload.become({ state: 'cancelled' })
}

async function send(upload, path) {
  if (upload.isOver) return
  upload.become({ state: 'sending' })
  const progress = share => upload.become({ progress: share, state: share < 1 ? 'sending' : 'checking' })
  const how = { progress, signal: upload.signal }
  try {
    const answer = path && upload.file.size >= RESUMABLE_FROM
      ? await sendInParts(upload.file, { ...how, path, address: upload.address, begun: address => begun(upload, address) })
      : await sendForm(upload.file, how)
    await pending.forget(upload.id)
    upload.become({ state: 'done', progress: 1, answer })
    release(upload.address)
  } catch (error) {
    // What is cut off stays, for a reload to go on with; what is refused for good does not.
    if (error.status >= 400 && error.status < 500) await pending.forget(upload.id)
    upload.become(upload.signal.aborted ? { state: 'cancelled' } : { state: 'refused', error })
  }
}

async function begun(upload, address) {
  upload.address = address
  await pending.note(upload.id, upload.file, address)
}

/** The service's calls, and the secret that most of them need. */

/** Where the service is, with its route prefix: the folder of the page, whose address has no final slash. */
export const base = new URL('.', location.href)

const SECRET = 'imagebackend.secret'

/** Dispatches `secret` whenever the secret is entered, forgotten or found to be wrong. */
export const events = new EventTarget()

/** An answer that is not a success. `code` is the service's, or `unreachable`. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? '')
    Object.assign(this, { status, code: problem.code ?? 'internal', limit: problem.limit, actual: problem.actual, requestId: problem.requestId })
  }

  get isGone() { return this.status === 404 }

  get needsSecret() { return this.code === 'secret_missing' || this.code === 'secret_wrong' }
}

export const hasSecret = () => sessionStorage.getItem(SECRET) !== null

export function forgetSecret() {
  sessionStorage.removeItem(SECRET)
  events.dispatchEvent(new Event('secret'))
}

/** Keeps the secret until the tab is closed, once the service has accepted it. Throws a {@link Refusal} otherwise. */
export async function enterSecret(secret) {
  await read(await send('figures', { secret })) // works when a storage does not
  sessionStorage.setItem(SECRET, secret)
  events.dispatchEvent(new Event('secret'))
}

/**
 * Sends a request with the secret.
 * @param {string} path relative to {@link base}
 * @param {{form?: Object<string, string>, post?: boolean, signal?: AbortSignal}} [options] a form makes it a POST
 * @returns {Promise<any>} the answer's JSON
 */
export async function call(path, options = {}) {
  return read(await authorised(path, options))
}

/** As {@link call}, for the bytes of a picture. */
export async function bytesOf(path, signal) {
  const response = await authorised(path, { signal })
  return response.ok ? response.blob() : read(response)
}

let known
/** What the service accepts; asked for once. */
export const capabilities = () => known ??= send('capabilities').then(read).catch(error => {
  known = undefined
  throw error
})

async function authorised(path, options) {
  const secret = sessionStorage.getItem(SECRET)
  if (secret === null) throw new Refusal(401, { code: 'secret_missing' })
  const response = await send(path, { ...options, secret })
  // Another one may have been entered while this call was under way.
  if (response.status === 403 && sessionStorage.getItem(SECRET) === secret) {
    sessionStorage.removeItem(SECRET)
    events.dispatchEvent(new CustomEvent('secret', { detail: 'changed' }))
  }
  return response
}

async function send(path, { form, post = form !== undefined, secret, signal } = {}) {
  const headers = { Accept: 'application/json' }
  if (secret !== undefined) headers.Authorization = `Bearer ${headerSafe(secret)}`
  try {
    return await fetch(new URL(path, base), {
      method: post ? 'POST' : 'GET', headers, body: form && new URLSearchParams(form), signal, credentials: 'omit', cache: 'no-store',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Refusal(0, { code: 'unreachable' })
  }
}

/** A header holds no letters beyond Latin-1, and neither does a secret: such an entry can only be wrong. */
function headerSafe(secret) {
  if (!/^[\x20-\xff]*$/.test(secret)) throw new Refusal(403, { code: 'secret_wrong' })
  return secret
}

async function read(response) {
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Refusal(response.status, answer)
  return answer
}

/** Turns the answer of an `XMLHttpRequest` into what {@link call} would give. */
export function answerOf(status, text) {
  let answer = {}
  try { answer = JSON.parse(text) } catch { /* the service always sends JSON; a proxy before it may not */ }
  if (status < 200 || status > 299) throw new Refusal(status, status === 0 ? { code: 'unreachable' } : answer)
  return answer
}

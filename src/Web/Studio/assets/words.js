/** Numbers, dates and errors in plain words. */

const number = new Intl.NumberFormat('en')
const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' })

/** Of 1000, as files are sold. */
export function bytes(count) {
  if (count == null) return 'unknown size'
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let unit = 0
  while (count >= 999.5 && unit < units.length - 1) {
    count /= 1000
    unit++
  }
  return `${unit > 0 && count < 9.95 ? count.toFixed(1) : Math.round(count)} ${units[unit]}`
}

/** @param {string} unit singular, such as `photo` */
export const count = (n, unit) => `${number.format(n)} ${unit}${n === 1 ? '' : 's'}`

/** The service can't read the size of everything that older sites left. */
export const pixels = (width, height) => width && height ? `${width} × ${height}` : 'unknown size'

/** Such as `3 hours`; the larger unit only. */
export function duration(seconds) {
  for (const [size, unit] of [[86400, 'day'], [3600, 'hour'], [60, 'minute']]) {
    if (seconds >= size) return count(Math.floor(seconds / size), unit)
  }
  return count(Math.max(0, Math.floor(seconds)), 'second')
}

const secondsTo = date => (new Date(date) - Date.now()) / 1000

export const ago = date => secondsTo(date) > -5 ? 'just now' : `${duration(-secondsTo(date))} ago`

export const expiry = date => secondsTo(date) > 0 ? `expires in ${duration(secondsTo(date))}` : 'expires any moment'

export const when = date => moment.format(new Date(date))

/** The camera's clock, as it stands in the photo: no time zone of this browser is applied. */
export const taken = text => text.replace('T', ', ').replace(/\.\d+/, '').replace(/(\d)([+-]\d\d:\d\d)$/, '$1 (UTC$2)')

/** What WebP or AVIF saves of a picture's bytes. */
export const saving = (less, more) => less < more ? `−${Math.round(100 - less / more * 100)} %` : `+${Math.round(less / more * 100 - 100)} %`

const inWords = {
  unreachable: () => 'The service does not answer. Check the connection, then try again.',
  no_file: () => 'No file arrived.',
  empty_file: () => 'The file is empty.',
  unsupported_format: () => 'This is not a picture that the service accepts.',
  unsupported_animation: () => 'Animations in this format are not accepted. Send a GIF instead.',
  broken_image: () => 'The picture is damaged or cut off.',
  too_many_pixels: r => `Too many pixels${actual(r, number.format)}. ${limit(r, number.format, 'At most', 'are accepted')}`,
  too_many_frames: r => `Too many frames${actual(r, number.format)}. ${limit(r, number.format, 'At most', 'are accepted')}`,
  image_too_complex: () => 'Decoding this picture takes more time or memory than the service allows.',
  file_too_large: r => `Too large${actual(r, bytes)}. ${limit(r, bytes, 'The limit is', '')}`,
  request_too_large: () => 'The request is too large.',
  bad_parameter: () => 'That is not a name, or the beginning of one: letters, digits, dots, dashes and underscores.',
  bad_crop: () => 'The crop is not inside the picture.',
  bad_rotation: r => r.message || 'This picture can’t be rotated.',
  secret_missing: () => 'Enter the secret first.',
  secret_wrong: () => 'This is not the secret of this service.',
  unknown_image: () => 'This image is gone: somebody deleted it, or it expired.',
  not_found: () => 'This image is gone: somebody deleted it, or it expired.',
  unknown_upload: () => 'The upload expired before it was finished. Send the file again.',
  too_slow: () => 'The line is too slow: the service gave up waiting.',
  busy: () => 'The service is busy. Try again in a moment.',
  storage_unavailable: () => 'The storage does not answer. Nothing was lost; try again later.',
  storage_full: () => 'The storage is full. Whoever runs the service has to make room.',
  shutting_down: () => 'The service is restarting. Try again in a moment.',
  internal: r => `The service failed${r.requestId ? ` (request ${r.requestId})` : ''}. Its log says why.`,
}

/** @param {Error} error a Refusal, or a fault of this page */
export function explain(error) {
  return (inWords[error.code]?.(error) ?? (error.message || 'Something went wrong.')).trim()
}

/** What stands in a summary of many: short, and the same for all of a kind. */
export function kindOf(error) {
  const kinds = {
    unsupported_format: 'not a picture', empty_file: 'empty', broken_image: 'damaged', file_too_large: 'too large', too_many_pixels: 'too many pixels',
    unknown_image: 'gone meanwhile', not_found: 'gone meanwhile', unreachable: 'no connection', storage_unavailable: 'storage does not answer', busy: 'service busy',
    bad_rotation: 'can’t be rotated', secret_wrong: 'secret was changed', secret_missing: 'no secret',
  }
  return kinds[error.code] ?? explain(error)
}

/** Such as `20 not a picture, 1 too large`. */
export function tally(errors) {
  const kinds = new Map()
  for (const error of errors) kinds.set(kindOf(error), (kinds.get(kindOf(error)) ?? 0) + 1)
  return [...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')
}

const actual = (refusal, text) => refusal.actual == null ? '' : `: ${text(refusal.actual)}`
const limit = (refusal, text, before, after) => refusal.limit == null ? '' : `${before} ${text(refusal.limit)}${after && ` ${after}`}.`

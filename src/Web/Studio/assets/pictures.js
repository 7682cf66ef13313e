/** Shows stored pictures: published ones by their address, those in incoming by a call with the secret. */

import { base, bytesOf } from './api.js'
import { el } from './dom.js'
import { Lanes } from './lanes.js'
import { drawn } from './thumbhash.js'

const lanes = new Lanes(6)

/** Names that this page has changed: browsers may keep a published picture for an hour. */
const changed = new Map()

/** To be called when the thumbnails of an image were remade under the same name. */
export const remade = filename => changed.set(stem(filename), Date.now())

const stem = filename => filename.slice(0, filename.lastIndexOf('.'))

export function activeAddress(filename) {
  const address = new URL(`active/${encodeURIComponent(filename)}`, base)
  for (const [name, time] of changed) {
    if (filename.startsWith(name)) address.searchParams.set('at', time)
  }
  return address.href
}

/**
 * @param {string} filename of an original or a thumbnail
 * @param {{where: 'active'|'incoming', alt: string, signal: AbortSignal, thumbhash?: string, lazy?: boolean}} how `signal` ends with the
 * view: what was loaded for it is let go. A lazy picture is loaded when it comes near the visible part.
 * @returns {HTMLElement} a frame with the picture in it
 */
export function picture(filename, { where, alt, signal, thumbhash, lazy = false }) {
  const image = el('img', { alt, decoding: 'async', draggable: 'false' })
  const frame = el('span', { class: 'picture loading' }, image)
  if (thumbhash) frame.style.backgroundImage = `url(${placeholder(thumbhash)})`
  image.addEventListener('load', () => frame.classList.remove('loading'))
  image.addEventListener('error', () => frame.classList.replace('loading', 'missing'))
  if (where === 'active') {
    if (lazy) image.loading = 'lazy'
    image.src = activeAddress(filename)
  } else if (lazy) {
    whenNear(frame, signal, () => load(image, filename, signal))
  } else {
    load(image, filename, signal)
  }
  return frame
}

/** @returns {string} an address of data, or an empty one if the hash makes no sense */
function placeholder(thumbhash) {
  try {
    return drawn(thumbhash).url
  } catch {
    return 'data:,'
  }
}

async function load(image, filename, signal) {
  try {
    const blob = await lanes.run(() => bytesOf(`incoming/${encodeURIComponent(filename)}`, signal))
    if (signal.aborted) return
    image.src = URL.createObjectURL(blob)
    signal.addEventListener('abort', () => URL.revokeObjectURL(image.src))
  } catch {
    if (!signal.aborted) image.dispatchEvent(new Event('error'))
  }
}

function whenNear(frame, signal, act) {
  const observer = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return
    observer.disconnect()
    act()
  }, { rootMargin: '300px' })
  observer.observe(frame)
  signal.addEventListener('abort', () => observer.disconnect())
}

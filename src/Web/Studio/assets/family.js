/** An original and everything that was made of it, side by side. */

import { el } from './dom.js'
import { picture } from './pictures.js'
import { bytes, pixels, saving } from './words.js'

/**
 * @param {Object} image the answer of `/images/{filename}`
 * @returns {{name: string, pictures: Object[]}[]} the original, then one entry per size with the picture of the base format first
 */
export function families(image) {
  const sizes = new Map()
  for (const one of image.thumbnails) {
    if (one.recipe !== 'missing') sizes.set(one.suffix, [...(sizes.get(one.suffix) ?? []), one])
  }
  return [
    { name: 'Original', pictures: [image] },
    ...Array.from(sizes, ([suffix, pictures]) => ({ name: suffix, pictures: pictures.sort(byFormat) })),
  ]
}

/** The base format first, then WebP, then AVIF, which is smaller. */
export const byFormat = (a, b) => rank(a) - rank(b)
const rank = ({ format }) => ['webp', 'avif'].indexOf(format)

/** Every picture there is, with what it is called in a list. */
export const everyPicture = image => families(image).flatMap(({ name, pictures }) =>
  pictures.map(one => ({ ...one, title: `${name} ${one.format.toUpperCase()}`, text: `${pixels(one.width, one.height)} · ${bytes(one.bytes)}` })))

/** A row of figures, each with its pixels, its bytes and what it saves beside the base format. */
export function strip(image, { thumbhash, signal }) {
  const dates = image.takenAt ? `, taken ${image.takenAt.slice(0, 10)}` : ''
  const [[original], ...thumbnails] = families(image).map(({ name, pictures }) => pictures.map(one => el('figure', {},
    frame(one, name === 'Original' ? `The original${dates}` : `Thumbnail ${name} as ${one.format}`),
    el('figcaption', {},
      el('strong', {}, `${name} `, el('span', { class: 'muted' }, one.format.toUpperCase())),
      el('span', {}, pixels(one.width, one.height)),
      el('span', {}, bytes(one.bytes), one !== pictures[0] && el('em', { class: 'saving' }, ` ${saving(one.bytes, pictures[0].bytes)}`))))))
  return el('div', { class: 'strip', tabindex: '0', role: 'group', 'aria-label': `Pictures of ${image.filename}` }, original, el('div', { class: 'thumbs' }, thumbnails.map(figures => el('div', {}, figures))))

  function frame(one, alt) {
    const shown = picture(one.filename, { where: image.in, alt, signal, thumbhash, lazy: true })
    shown.style.aspectRatio = one.width && one.height ? `${one.width} / ${one.height}` : '3 / 2'
    return shown
  }
}

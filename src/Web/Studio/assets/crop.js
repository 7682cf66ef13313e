/** Chooses a part of a picture: by dragging, by the keyboard, or by numbers. */

import { el, field } from './dom.js'
import * as geometry from './geometry.js'
import { picture } from './pictures.js'

const ratios = image => [['Free', undefined], ['Original', image.width / image.height], ['Square', 1], ['4 : 3', 4 / 3], ['3 : 2', 3 / 2], ['16 : 9', 16 / 9]]

/** A hundredth of the longer side for each press of a key; with Alt one pixel. */
const stepOf = image => Math.max(1, Math.round(Math.max(image.width, image.height) / 100))

/**
 * @param {Object} image the answer of `/images/{filename}`
 * @returns {{element: HTMLElement, crop: () => string}} the editor, and the geometry that is chosen
 */
export function cropper(image, signal) {
  let ratio
  let box = geometry.inside(geometry.parse(image.crop) ?? { x: 0, y: 0, width: image.width, height: image.height }, image)
  const said = el('output', { class: 'geometry', id: 'geometry' })
  const area = el('div', {
    class: 'box', tabindex: '0', role: 'group', 'aria-label': 'Crop', 'aria-describedby': 'geometry crop-help', on: { keydown: byKey },
  }, ['nw', 'ne', 'sw', 'se'].map(corner => el('span', { class: `corner ${corner}`, data: { corner } })))
  const stage = el('div', { class: 'stage', on: { pointerdown: byPointer } },
    picture(image.filename, { where: image.in, alt: 'The whole original', signal }), area)
  stage.style.aspectRatio = `${image.width} / ${image.height}`
  stage.style.setProperty('--shape', image.width / image.height)
  const numbers = Object.fromEntries([['x', 'Left'], ['y', 'Top'], ['width', 'Width'], ['height', 'Height']].map(([name, label]) => [name, {
    label, input: el('input', { type: 'number', min: name === 'x' || name === 'y' ? 0 : 1, step: 1, inputmode: 'numeric', on: { change: byNumber } }),
  }]))
  set(box)
  return {
    element: el('div', { class: 'cropper' }, stage, el('div', { class: 'controls' },
      el('fieldset', { class: 'segments' }, el('legend', {}, 'Shape'), ratios(image).map(([name, value], i) => el('label', {},
        el('input', { type: 'radio', name: 'ratio', checked: i === 0, on: { change: () => shape(value) } }), el('span', {}, name)))),
      el('div', { class: 'numbers' }, Object.values(numbers).map(({ label, input }) => field(label, input))),
      el('p', { class: 'chosen' }, 'Crop ', said),
      el('p', { class: 'muted small', id: 'crop-help' }, 'Drag to draw a box, or move and resize it. With the keyboard: arrows move it, Shift and arrows resize it, Alt makes small steps.'))),
    crop: () => geometry.text(box),
  }

  function set(next) {
    box = next
    const share = (part, whole) => `${part / whole * 100}%`
    area.style.left = share(box.x, image.width)
    area.style.top = share(box.y, image.height)
    area.style.width = share(box.width, image.width)
    area.style.height = share(box.height, image.height)
    for (const [name, { input }] of Object.entries(numbers)) input.value = box[name]
    said.textContent = geometry.text(box)
  }

  function shape(value) {
    ratio = value
    set(geometry.shaped(box, ratio, image))
  }

  function byNumber() {
    const wanted = Object.fromEntries(Object.entries(numbers).map(([name, { input }]) => [name, Number(input.value) || 0]))
    const [dx, dy] = [wanted.width - box.width, wanted.height - box.height]
    set(ratio && (dx || dy) ? geometry.grown(box, dx, dy, ratio, image) : geometry.inside(wanted, image))
  }

  function byKey(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0]
    if (!dx && !dy) return
    event.preventDefault()
    const step = event.altKey ? 1 : stepOf(image)
    set(event.shiftKey
      ? geometry.grown(box, dx * step, dy * step, ratio, image)
      : geometry.inside({ ...box, x: box.x + dx * step, y: box.y + dy * step }, image))
  }

  function byPointer(down) {
    if (down.button !== 0) return
    down.preventDefault()
    area.focus({ preventScroll: true })
    const start = pointOf(down)
    const corner = down.target.dataset.corner
    const isMove = !corner && down.target === area && !isWhole()
    const from = box
    const fixed = corner
      ? { x: corner.includes('w') ? from.x + from.width : from.x, y: corner.includes('n') ? from.y + from.height : from.y }
      : { x: Math.min(Math.max(start.x, 0), image.width), y: Math.min(Math.max(start.y, 0), image.height) }
    const move = event => {
      const point = pointOf(event)
      if (isMove) set(geometry.inside({ ...from, x: from.x + point.x - start.x, y: from.y + point.y - start.y }, image))
      else if (corner || Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > 3) set(geometry.spanned(fixed, point, ratio, image))
    }
    const end = () => {
      stage.removeEventListener('pointermove', move)
      stage.removeEventListener('pointerup', end)
      stage.removeEventListener('pointercancel', end)
    }
    stage.setPointerCapture(down.pointerId)
    stage.addEventListener('pointermove', move)
    stage.addEventListener('pointerup', end)
    stage.addEventListener('pointercancel', end)
  }

  /** Nothing is chosen yet: dragging draws a box instead of moving one that can't be moved. */
  function isWhole() { return box.width === image.width && box.height === image.height }

  function pointOf(event) {
    const shown = stage.getBoundingClientRect()
    return { x: (event.clientX - shown.left) / shown.width * image.width, y: (event.clientY - shown.top) / shown.height * image.height }
  }
}

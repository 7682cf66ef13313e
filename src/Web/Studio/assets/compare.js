/** Lays one picture over another, with a line between them that can be moved. */

import { choice, el, field } from './dom.js'
import { open } from './dialogs.js'
import { everyPicture } from './family.js'
import { picture } from './pictures.js'
import { saving } from './words.js'

/** Opens the comparison in a dialog. @param {Object} image the answer of `/images/{filename}` */
export function compare(image, signal) {
  const life = new AbortController() // of the pictures in the dialog
  return open('Compare', close => {
    const pictures = everyPicture(image).filter(one => one.width)
    let [left, right] = firstPair(pictures)
    const stage = el('div', { class: 'compare' })
    const says = el('p', { class: 'muted', role: 'status' })
    const options = pictures.map((one, i) => [String(i), `${one.title} · ${one.text}`])
    const select = (label, value, set) => field(label, choice(options, String(value), chosen => {
      set(Number(chosen))
      draw()
    }))
    draw()
    return [
      el('div', { class: 'row pair' }, select('Left', left, i => { left = i }), select('Right', right, i => { right = i })),
      stage, says,
      el('div', { class: 'row end' }, el('button', { type: 'button', class: 'primary', on: { click: () => close() } }, 'Done')),
    ]

    function draw() {
      const [a, b] = [pictures[left], pictures[right]]
      const show = one => picture(one.filename, { where: image.in, alt: one.title, signal: life.signal })
      const top = show(a)
      top.classList.add('top')
      const slider = el('input', { type: 'range', min: 0, max: 100, value: 50, step: 1, 'aria-label': `Share of ${a.title} beside ${b.title}`, on: { input: move } })
      stage.style.aspectRatio = `${b.width} / ${b.height}`
      stage.style.setProperty('--shape', b.width / b.height)
      stage.replaceChildren(show(b), top, el('span', { class: 'line' }), slider)
      says.textContent = a === b ? 'Both are the same picture.' : `${b.title} has ${b.bytes < a.bytes ? 'fewer' : 'more'} bytes than ${a.title}: ${saving(b.bytes, a.bytes)}.`
      move()
      function move() { stage.style.setProperty('--at', `${slider.value}%`) }
    }
  }, { kind: 'wide', signal }).finally(() => life.abort())
}

/** The largest thumbnail beside its smallest encoding; if there is only one, beside the original. */
function firstPair(pictures) {
  const base = pictures.findIndex(one => one.suffix)
  if (base < 0) return [0, 0]
  const others = pictures.map((one, i) => [one, i]).filter(([one, i]) => one.suffix === pictures[base].suffix && i !== base)
  if (others.length === 0) return [0, base]
  return [base, others.reduce((a, b) => b[0].bytes < a[0].bytes ? b : a)[1]]
}

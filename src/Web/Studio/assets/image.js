/** The view of one image: all its pictures, what is known of it, and what can be done with it. */

import { call } from './api.js'
import * as actions from './actions.js'
import { button, el } from './dom.js'
import { compare } from './compare.js'
import { cropper } from './crop.js'
import { notify, open } from './dialogs.js'
import { byFormat, families, strip } from './family.js'
import { activeAddress, remade } from './pictures.js'
import { go, imageAddress, refresh } from './router.js'
import { ago, bytes, expiry, explain, pixels, saving, taken, when } from './words.js'

const recipes = { current: ['good', 'Up to date'], stale: ['warn', 'Stale'], missing: ['bad', 'Missing'] }

export async function show(main, filename, signal) {
  const image = await call(`images/${encodeURIComponent(filename)}`, { signal })
  const findings = el('div', { role: 'status' })
  main.replaceChildren(el('div', { class: 'stack' },
    el('div', { class: 'heading' },
      el('div', { class: 'grow' }, el('p', { class: 'crumb' }, el('a', { href: `#/${image.in}` }, image.in === 'active' ? '← Active' : '← Incoming')),
        el('h1', { class: 'name' }, image.filename), stateOf(image)),
      el('div', { class: 'row' }, actionsOf(image, { signal, findings }))),
    findings,
    el('section', { class: 'panel', 'aria-label': 'Pictures' }, strip(image, { thumbhash: image.thumbhash, signal })),
    el('div', { class: 'columns' }, facts(image), table(image))))
}

function stateOf(image) {
  return el('p', { class: 'row' }, image.in === 'active'
    ? [el('span', { class: 'chip good' }, 'Published'), el('span', { class: 'muted' }, `since ${when(image.storedAt)}`)]
    : [el('span', { class: 'chip warn' }, 'Waiting'), el('span', { class: 'muted' }, [`uploaded ${ago(image.storedAt)}`, image.expiresAt && expiry(image.expiresAt)].filter(Boolean).join(', '))])
}

function actionsOf(image, { signal, findings }) {
  const isActive = image.in === 'active'
  const canRotate = image.format !== 'svg'
  return [
    !isActive && button('Publish', run(() => actions.publish(image.filename), 'Published.', refresh), 'primary'),
    image.width && button('Crop', () => crop(image, signal), 'quiet'),
    isActive && canRotate && button('Rotate left', run(() => actions.rotate(image.filename, '-90'), renamed('Rotated')), 'quiet'),
    isActive && canRotate && button('Rotate right', run(() => actions.rotate(image.filename, '90'), renamed('Rotated')), 'quiet'),
    button('Compare', () => compare(image, signal), 'quiet'),
    isActive && button('Verify', run(() => actions.verify(image.filename), answer => tell(findings, answer.findings)), 'quiet'),
    button('Delete', async () => {
      if (!await actions.confirmRemoval([image.filename], image.in)) return
      await run(() => actions.remove(image.filename), 'Deleted.', () => go(`#/${image.in}`))()
    }, 'danger'),
  ].filter(Boolean)

  /** A change gives an image a new name, which is shown next. */
  function renamed(what) {
    return answer => {
      notify(`${what}. The image has a new name.`)
      go(imageAddress(answer.filename))
    }
  }
}

/** @param {string|((answer: any) => void)} done a note, or what follows */
function run(act, done, then) {
  return async event => {
    const pressed = event?.currentTarget
    if (pressed) pressed.disabled = true
    try {
      const answer = await act()
      if (typeof done === 'string') notify(done)
      else done(answer)
      then?.()
    } catch (error) {
      if (!error.needsSecret) notify(explain(error), 'bad')
      if (error.isGone) refresh() // what is shown is no longer there
    } finally {
      if (pressed) pressed.disabled = false
    }
  }
}

function tell(place, findings) {
  place.replaceChildren(findings.length === 0
    ? el('p', { class: 'banner good' }, 'Verified: everything is there and whole.')
    : el('div', { class: 'banner bad' }, el('p', {}, 'Something is wrong with this image. `images verify --repair` mends what can be mended.'),
      el('ul', {}, findings.map(one => el('li', {}, actions.wordsOf(one))))))
}

async function crop(image, signal) {
  const isActive = image.in === 'active'
  await open('Crop the thumbnails', close => {
    const editor = cropper(image, signal)
    const wrong = el('p', { class: 'error', role: 'alert' })
    const act = (work, note) => async event => {
      const pressed = event.currentTarget
      pressed.disabled = true
      try {
        const answer = await work(editor.crop())
        close()
        notify(note)
        if (answer.filename) go(imageAddress(answer.filename))
        else refresh()
      } catch (error) {
        wrong.textContent = explain(error)
        pressed.disabled = false
      }
    }
    const here = act(async chosen => {
      const answer = await actions.publish(image.filename, chosen)
      remade(image.filename)
      return answer
    }, isActive ? 'The thumbnails were made again.' : 'Published with this crop.')
    return [
      el('p', { class: 'muted' }, 'The original stays as it is.'), editor.element, wrong,
      el('div', { class: 'row end' }, button('Cancel', () => close(), 'quiet'),
        isActive && button('Save under a new name', act(chosen => actions.recrop(image.filename, chosen), 'Saved under a new name. The old image stays.'), 'quiet'),
        button(isActive ? 'Crop this image' : 'Publish with this crop', here, 'primary')),
    ]
  }, { kind: 'wide', signal })
}

function facts(image) {
  const copy = navigator.clipboard && button('Copy', async () => {
    await navigator.clipboard.writeText(image.sha256)
    notify('Copied.')
  }, 'quiet small')
  const rows = [
    ['Size', `${pixels(image.width, image.height)} pixels`],
    ['Format', image.format.toUpperCase()],
    ['Bytes', `${bytes(image.bytes)} (${image.bytes.toLocaleString('en')})`],
    ['Taken', image.takenAt ? taken(image.takenAt) : el('span', { class: 'muted' }, 'not recorded')],
    ['Stored', when(image.storedAt)],
    image.expiresAt && ['Expires', when(image.expiresAt)],
    ['Crop', image.crop ? el('code', {}, image.crop) : el('span', { class: 'muted' }, 'none')],
    image.sha256 && ['SHA-256', [el('code', { class: 'hash' }, image.sha256), copy]],
    image.in === 'active' && ['Address', link(image, addressOf(image))],
  ].filter(Boolean)
  return el('section', { class: 'panel' }, el('h2', {}, 'Original'), el('dl', {}, rows.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])))
}

/** Where anybody can read it: on S3 that is the bucket. */
const addressOf = one => one.url ? new URL(one.url, location.href).href : activeAddress(one.filename)

const link = (one, text, props = {}) => el('a', { href: addressOf(one), target: '_blank', rel: 'noopener', ...props }, text)

function table(image) {
  const head = ['Thumbnail', 'Pixels', 'Bytes', 'Recipe', 'Link']
  const sizes = [...new Set(image.thumbnails.map(one => one.suffix))]
  const base = new Map(families(image).map(({ name, pictures }) => [name, pictures[0]]))
  return el('section', { class: 'panel' }, el('h2', {}, 'Thumbnails'),
    el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Thumbnails' }, el('table', {},
      el('thead', {}, el('tr', {}, head.map(name => el('th', { scope: 'col' }, name)))),
      el('tbody', {}, [...image.thumbnails].sort((a, b) => sizes.indexOf(a.suffix) - sizes.indexOf(b.suffix) || byFormat(a, b)).map(one => {
        const [kind, word] = recipes[one.recipe] ?? ['warn', one.recipe]
        const isThere = one.recipe !== 'missing'
        const first = base.get(one.suffix)
        return el('tr', {},
          el('th', { scope: 'row' }, `${one.suffix} `, el('span', { class: 'muted' }, one.format.toUpperCase())),
          el('td', {}, isThere && one.width ? pixels(one.width, one.height) : '–'),
          el('td', {}, isThere ? bytes(one.bytes) : '–', isThere && first && first.filename !== one.filename && el('em', { class: 'saving' }, ` ${saving(one.bytes, first.bytes)}`)),
          el('td', {}, el('span', { class: `chip ${kind}` }, word), one.reason && el('span', { class: 'muted small block' }, one.reason)),
          el('td', {}, isThere && image.in === 'active' ? link(one, 'Open', { 'aria-label': `Open ${one.filename}` }) : '–'))
      })))))
}

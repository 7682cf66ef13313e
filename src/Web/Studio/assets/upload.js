/** The view that uploads: a place to drop files, and a card for each of them. */

import { call, capabilities, events, hasSecret } from './api.js'
import { button, el, icon } from './dom.js'
import { publish } from './actions.js'
import { compare } from './compare.js'
import { notify } from './dialogs.js'
import { families, strip } from './family.js'
import { imageAddress } from './router.js'
import * as uploads from './uploads.js'
import { bytes, count, explain, pixels, tally } from './words.js'

/** With more files than this, what was made of each is folded away. */
const MAX_UNFOLDED = 4

const MODERN_PAUSE_MILLISECONDS = 1500
const MAX_MODERN_LOOKS = 60

/** @type {{upload: uploads.Upload, card: HTMLElement}[]} */
const cards = []
let page
let list
let hints
let summary

/** The same page every time: what is under way goes on, and stays to be seen. */
export function show(main) {
  page ??= build()
  main.replaceChildren(page)
}

function build() {
  const input = el('input', { type: 'file', multiple: true, id: 'files', class: 'hidden', tabindex: '-1', 'aria-label': 'Files', on: { change: choose } })
  const limits = el('p', { class: 'muted small' })
  const zone = el('div', { class: 'zone', id: 'zone' },
    icon('M12 16V5m0 0L8 9m4-4 4 4M5 15v3a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 18v-3'),
    el('p', { class: 'lead' }, 'Drop photos here'),
    el('p', { class: 'muted' }, 'or paste them, or'),
    button('Choose files', () => input.click(), 'primary'),
    input,
    limits)
  list = el('div', { class: 'cards', id: 'uploads' })
  summary = el('div', { class: 'summary', role: 'status', 'aria-live': 'polite' })
  tellLimits(limits, input)
  receive(zone)
  uploads.resume().then(add)
  function choose() {
    uploads.add(input.files).then(add)
    input.value = ''
  }
  hints = steps()
  return el('div', { class: 'stack' }, el('h1', { class: 'hidden' }, 'Upload'), zone, hints, summary, list)
}

/** What happens to a photo, for those who see this page for the first time. */
function steps() {
  return el('ol', { class: 'steps' }, [
    ['M12 16V5m0 0L8 9m4-4 4 4M5 15v3a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 18v-3', 'Upload', 'Each photo is checked, gets a new name, and its thumbnails are made.'],
    ['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm0 3.5V12l3 2', 'Incoming', 'There it waits, seen by nobody, until it is published or expires.'],
    ['M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zm9-2.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z', 'Active', 'Published: the readers of the site can see it, in every size.'],
  ].map(([path, title, text]) => el('li', {}, icon(path), el('strong', {}, title), el('span', { class: 'muted small' }, text))))
}

function tellLimits(line, input) {
  capabilities().then(({ formats, limits }) => {
    input.accept = formats.map(one => one.contentType).join(',')
    line.textContent = `${formats.map(one => one.format.toUpperCase().replace('JPG', 'JPEG').replace('WEBP', 'WebP')).join(', ')} · up to ${bytes(limits.bytes)} each`
  }, error => { line.textContent = explain(error) })
}

/** Files may be dropped anywhere on the page while this view is shown, and pasted. */
function receive(zone) {
  const isShown = () => zone.isConnected
  const hasFiles = event => isShown() && event.dataTransfer?.types.includes('Files')
  addEventListener('dragover', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    zone.classList.add('over')
  })
  addEventListener('dragleave', event => { if (event.relatedTarget === null) zone.classList.remove('over') })
  addEventListener('drop', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    zone.classList.remove('over')
    uploads.add(event.dataTransfer.files).then(add)
  })
  addEventListener('paste', event => {
    if (isShown() && event.clipboardData?.files.length > 0) uploads.add(event.clipboardData.files).then(add)
  })
}

function add(more) {
  const isMany = cards.length + more.length > MAX_UNFOLDED
  const made = more.map(upload => ({ upload, card: cardOf(upload, isMany) }))
  cards.unshift(...made)
  list.prepend(...made.map(one => one.card))
  for (const { upload } of made) upload.addEventListener('change', summarise)
  summarise()
}

function summarise() {
  hints.hidden = cards.length > 0
  page.classList.toggle('busy', cards.length > 0)
  const of = state => cards.filter(one => one.upload.state === state).map(one => one.upload)
  const [done, refused] = [of('done'), of('refused')]
  const open = cards.filter(one => !one.upload.isOver).length
  const parts = [
    open > 0 && `${count(open, 'file')} to go`,
    done.length > 0 && `${done.length} uploaded`,
    refused.length > 0 && `${refused.length} refused: ${tally(refused.map(upload => upload.error))}`,
  ].filter(Boolean)
  summary.replaceChildren(...(cards.length > 1 && parts.length > 0
    ? [el('p', {}, parts.join(' · ')), open === 0 ? button('Clear the list', clear, 'quiet') : '']
    : []))
}

function clear() {
  for (const { card } of cards.splice(0)) card.dispatchEvent(new Event('cleared'))
  list.replaceChildren()
  summarise()
}

function cardOf(upload, isFolded) {
  const life = new AbortController() // of the pictures in this card
  const bar = el('progress', { max: 1, value: 0, 'aria-label': `Progress of ${upload.file.name}` })
  const state = el('p', { class: 'state' })
  const actions = el('div', { class: 'row actions' })
  const made = el('div', { class: 'made' })
  const face = el('span', { class: 'face' }, icon('M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM5 17l5-5 4 4 2-2 3 3'))
  const card = el('article', { class: 'card upload', 'aria-label': upload.file.name },
    el('div', { class: 'head' }, face, el('div', { class: 'grow' }, el('h2', { class: 'name' }, upload.file.name), state), actions), bar, made)
  card.addEventListener('cleared', () => life.abort())
  upload.addEventListener('change', update)
  let shown
  update()
  return card

  function update() {
    bar.value = upload.progress
    bar.hidden = upload.isOver
    card.dataset.state = upload.state
    state.className = upload.state === 'refused' ? 'state error' : 'state muted'
    state.textContent = stateOf(upload)
    if (shown === upload.state) return // only the progress changed
    shown = upload.state
    if (upload.state === 'sending') preview(face, upload.file, life.signal)
    actions.replaceChildren(...actionsOf(upload, card))
    if (upload.state === 'done') reveal(upload, made, isFolded, life.signal)
  }
}

function stateOf({ state, error, answer, file, progress, isResumed }) {
  switch (state) {
    case 'waiting': return `${bytes(file.size)} · waiting`
    case 'sending': return `${isResumed ? 'Continuing: ' : ''}${bytes(progress * file.size)} of ${bytes(file.size)}`
    case 'checking': return `${bytes(file.size)} · making thumbnails`
    case 'cancelled': return 'Cancelled'
    case 'refused': return explain(error)
    default: return [pixels(answer.width, answer.height), answer.format.toUpperCase(), bytes(answer.bytes),
      answer.convertedFrom && `converted from ${answer.convertedFrom.toUpperCase()}`, answer.altered && 'parts that could do harm were left out'].filter(Boolean).join(' · ')
  }
}

function actionsOf(upload, card) {
  if (!upload.isOver) return [button('Cancel', () => upload.cancel(), 'quiet', { 'aria-label': `Cancel ${upload.file.name}` })]
  if (upload.state === 'done') return [el('a', { class: 'button quiet', href: imageAddress(upload.answer.filename) }, 'Open')]
  const dismiss = button('Dismiss', () => {
    cards.splice(cards.findIndex(one => one.card === card), 1)
    card.dispatchEvent(new Event('cleared'))
    card.remove()
    summarise()
  }, 'quiet', { 'aria-label': `Dismiss ${upload.file.name}` })
  const mayPass = upload.error && !(upload.error.status >= 400 && upload.error.status < 500)
  return mayPass ? [button('Try again', () => uploads.retry(upload), 'quiet'), dismiss] : [dismiss]
}

/** The file itself, as far as the browser can show it: nothing is known of it yet. */
function preview(face, file, signal) {
  const address = URL.createObjectURL(file)
  const image = el('img', { alt: '', decoding: 'async' })
  image.addEventListener('load', () => face.replaceChildren(image))
  image.addEventListener('error', () => URL.revokeObjectURL(address))
  signal.addEventListener('abort', () => URL.revokeObjectURL(address))
  image.src = address
}

/** Everything that was made of a photo; WebP and AVIF follow some time after the answer. */
function reveal(upload, made, isFolded, signal) {
  const { answer } = upload
  const box = el('div', { class: 'stack' })
  if (isFolded) made.append(el('details', {}, el('summary', {}, count(answer.thumbnails.length, 'thumbnail')), box))
  else made.append(box)

  if (hasSecret()) {
    follow()
    return
  }
  box.append(
    el('ul', { class: 'plain small' }, answer.thumbnails.map(one => el('li', {}, `${one.suffix}: ${pixels(one.width, one.height)}, ${bytes(one.bytes)}`))),
    el('p', { class: 'muted small' }, 'Pictures that wait in incoming are private. ', el('a', { href: '#/incoming' }, 'Enter the secret'), ' to see them.'))
  const locked = new AbortController()
  signal.addEventListener('abort', () => locked.abort())
  events.addEventListener('secret', () => {
    if (!hasSecret()) return
    locked.abort()
    follow()
  }, { signal: locked.signal })

  async function follow() {
    for (let looks = 0, before = ''; looks < MAX_MODERN_LOOKS && !signal.aborted; looks++) {
      try {
        const image = await call(`images/${encodeURIComponent(answer.filename)}`, { signal })
        const now = image.thumbnails.map(one => one.recipe).join()
        if (now !== before) box.replaceChildren(...picturesOf(image, { thumbhash: answer.thumbhash, signal }))
        before = now
        if (!image.thumbnails.some(one => one.recipe === 'missing')) return
      } catch (error) {
        if (!signal.aborted) box.replaceChildren(el('p', { class: 'muted small' }, explain(error)))
        return
      }
      await new Promise(resolve => setTimeout(resolve, MODERN_PAUSE_MILLISECONDS))
    }
  }
}

const published = () => el('span', { class: 'chip good' }, 'Published')

function picturesOf(image, { thumbhash, signal }) {
  return [
    strip(image, { thumbhash, signal }),
    el('div', { class: 'row' },
      image.in === 'incoming' ? button('Publish', publishIt, 'primary') : published(),
      button('Compare', () => compare(image, signal), 'quiet'),
      el('span', { class: 'muted small' }, count(families(image).length - 1, 'size'), ' of ', el('a', { href: imageAddress(image.filename) }, image.filename))),
  ]

  async function publishIt(event) {
    const pressed = event.currentTarget
    pressed.disabled = true
    try {
      await publish(image.filename)
      image.in = 'active' // that is where comparing finds its pictures from now on
      pressed.replaceWith(published())
    } catch (error) {
      if (!error.needsSecret) notify(explain(error), 'bad')
      pressed.disabled = false
    }
  }
}

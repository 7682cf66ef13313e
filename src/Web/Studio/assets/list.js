/** The views of incoming and active: pages of images in one storage's order, of which only one is held at a time. */

import { call } from './api.js'
import { confirmRemoval, doToAll, kinds } from './actions.js'
import { button, choice, el, icon } from './dom.js'
import { notify } from './dialogs.js'
import { picture } from './pictures.js'
import { go, imageAddress, refresh } from './router.js'
import { ago, bytes, count, expiry, explain, when } from './words.js'

const PAGE = 48

const texts = {
  incoming: {
    title: 'Incoming', about: 'Uploaded and not yet published. Whatever stays here too long expires.',
    empty: 'Nothing is waiting.', hint: 'Photos appear here after their upload, until they are published or expire.', acts: ['publish', 'remove'],
  },
  active: {
    title: 'Active', about: 'Published: readers of the site can see these.',
    empty: 'Nothing is published yet.', hint: 'Publish a photo from incoming, and it appears here.', acts: ['rotate', 'verify', 'remove'],
  },
}

/** Cursors of the pages before the one that is shown: by these the view goes back. */
const before = { incoming: [], active: [] }

const addressOf = (where, query) => `#/${where}${query.size ? `?${query}` : ''}`

/** @param {URLSearchParams} query `order`, and `after` or `from` */
export async function show(main, where, query, signal) {
  const text = texts[where]
  if (!query.get('after')) before[where] = []
  let page
  try {
    page = await pageOf(where, query, signal)
  } catch (error) {
    if (error.code !== 'bad_parameter') throw error
    notify(explain(error), 'bad')
    go(`#/${where}`)
    return
  }
  const selected = new Set()
  const tools = el('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Selected images', hidden: true })
  const tiles = page.images.map(image => tileOf(image, where, signal, isOn => {
    if (isOn) selected.add(image.filename)
    else selected.delete(image.filename)
    update()
  }))
  main.replaceChildren(el('div', { class: 'stack' },
    heading(where, text, page, query),
    tiles.length > 0 ? el('ul', { class: 'grid', 'aria-label': `${text.title} images` }, tiles) : emptyPanel(text, query),
    pager(where, query, page), tools))

  function update() {
    tools.hidden = selected.size === 0
    tools.replaceChildren(
      el('strong', { role: 'status' }, `${selected.size} selected`),
      button(selected.size === tiles.length ? 'Select none' : 'Select all', () => selectAll(selected.size < tiles.length), 'quiet'),
      el('span', { class: 'grow' }),
      ...text.acts.map(name => button(kinds[name].title, () => act(name), name === 'remove' ? 'danger' : name === 'publish' ? 'primary' : 'quiet')))
  }

  function selectAll(isOn) {
    for (const box of main.querySelectorAll('.grid input[type=checkbox]')) if (box.checked !== isOn) box.click()
  }

  async function act(name) {
    const names = [...selected]
    if (name === 'remove' && !await confirmRemoval(names, where)) return
    await doToAll(kinds[name], names, signal)
    if (!signal.aborted) refresh()
  }
}

/** Newest first unless something else is asked for, where the storage has that order. */
async function pageOf(where, query, signal) {
  const asked = new URLSearchParams({ in: where, limit: PAGE, order: query.get('order') ?? 'newest,name' })
  for (const name of ['after', 'from']) if (query.get(name)) asked.set(name, query.get(name))
  for (;;) {
    const page = await call(`images?${asked}`, { signal })
    if (page.images.length > 0 || !page.next) return page
    asked.delete('from') // a page of names that are not images: what is looked for comes later
    asked.set('after', page.next)
  }
}

function heading(where, text, page, query) {
  const jump = el('input', { type: 'search', name: 'from', placeholder: 'Name, or its beginning', value: query.get('from') ?? '', 'aria-label': 'Go to a name', spellcheck: 'false', autocapitalize: 'none', maxlength: 200 })
  const change = changes => {
    const next = new URLSearchParams(query)
    next.delete('after')
    next.delete('from')
    for (const [name, value] of Object.entries(changes)) if (value) next.set(name, value)
    go(addressOf(where, next))
  }
  const names = { newest: 'Newest first', name: 'By name' }
  return el('div', { class: 'heading' },
    el('div', { class: 'grow' }, el('h1', {}, text.title), el('p', { class: 'muted' }, text.about)),
    el('form', { class: 'row', role: 'search', on: { submit: event => {
      event.preventDefault()
      const from = jump.value.trim()
      // By time only a whole name, or its seconds, have a place.
      change(/^(\d+|.+\.[a-z]+)?$/.test(from) ? { from } : { from, order: 'name' })
    } } }, jump, el('button', { class: 'quiet' }, 'Go')),
    page.orders.length > 1 && choice(page.orders.map(one => [one, names[one] ?? one]), page.order, order => change({ order }), { 'aria-label': 'Order' }))
}

function tileOf(image, where, signal, select) {
  const box = el('input', { type: 'checkbox', 'aria-label': `Select ${image.filename}`, on: { change: () => {
    tile.classList.toggle('selected', box.checked)
    select(box.checked)
  } } })
  const time = where === 'incoming' && image.expiresAt ? expiry(image.expiresAt) : ago(image.storedAt)
  const tile = el('li', { class: 'tile' },
    el('a', { href: imageAddress(image.filename) },
      picture(smallest(image), { where, alt: '', signal, lazy: true }),
      el('span', { class: 'name', title: image.filename }, image.filename),
      el('span', { class: 'muted small', title: when(image.storedAt) }, `${bytes(image.bytes)} · ${time}`)),
    el('label', { class: 'check' }, box))
  return tile
}

/** By its name: sizes are not listed. Sites order theirs from large to small, and so does the service. */
function smallest(image) {
  const plain = image.thumbnails.filter(one => !/\.(webp|avif)$/.test(one.filename))
  return (plain.find(one => one.suffix === 'MI') ?? plain.at(-1) ?? image).filename
}

function emptyPanel(text, query) {
  const isAsked = query.get('from') || query.get('after')
  return el('div', { class: 'panel empty' }, icon('M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM5 17l5-5 4 4 2-2 3 3'),
    el('h2', {}, isAsked ? 'No image from there on.' : text.empty), el('p', { class: 'muted' }, isAsked ? 'Names begin with the time of the upload, in seconds.' : text.hint))
}

function pager(where, query, page) {
  const to = after => {
    const next = new URLSearchParams(query)
    next.delete('from')
    next.delete('after')
    if (after) next.set('after', after)
    return addressOf(where, next)
  }
  const pages = before[where]
  const back = pages.length > 0 && el('a', { class: 'button quiet', rel: 'prev', href: to(pages.at(-1)), on: { click: () => pages.pop() } }, '← Back')
  const next = page.next && el('a', { class: 'button quiet', rel: 'next', href: to(page.next), on: { click: () => pages.push(query.get('after') ?? '') } }, 'More →')
  return el('nav', { class: 'row pager', 'aria-label': 'Pages' },
    back || query.get('after') && el('a', { class: 'button quiet', href: to(undefined) }, '← To the first'),
    el('span', { class: 'grow muted small' }, page.images.length > 0 && `${count(page.images.length, 'image')} on page ${pages.length + 1}`), next)
}

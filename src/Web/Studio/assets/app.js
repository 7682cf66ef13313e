/** Starts the page and shows the view that the address names. */

import { events, forgetSecret, hasSecret, Refusal } from './api.js'
import { errorPanel, secretPanel } from './dialogs.js'
import { icon } from './dom.js'
import * as image from './image.js'
import * as list from './list.js'
import { refresh, route } from './router.js'
import * as running from './running.js'
import * as upload from './upload.js'

const main = document.getElementById('main')
const lock = document.getElementById('lock')

/** What ends when another view is shown. */
let life = new AbortController()

const views = {
  upload: () => upload.show(main),
  incoming: (query, signal) => list.show(main, 'incoming', query, signal),
  active: (query, signal) => list.show(main, 'active', query, signal),
  image: (query, signal, name) => image.show(main, name, signal),
  running: (query, signal) => running.show(main, signal),
}

const titles = { upload: 'Upload', incoming: 'Incoming', active: 'Active', running: 'Running' }

async function show({ wasChanged = false } = {}) {
  const { name, query, ...asked } = route()
  const view = asked.view in views ? asked.view : 'upload'
  life.abort()
  life = new AbortController()
  const { signal } = life
  document.title = `${titles[view] ?? name} · ImageBackend Studio`
  for (const link of document.querySelectorAll('.bar nav a')) {
    if (link.hash === `#/${view}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  main.dataset.view = view
  if (view !== 'upload' && !hasSecret()) {
    main.replaceChildren(secretPanel(wasChanged))
    main.querySelector('input').focus()
    return
  }
  try {
    await views[view](query, signal, name)
    performance.mark('shown') // how long that took is in the browser's tools
  } catch (error) {
    // Who leaves a view wants no error from it, and a refused secret has its own panel.
    if (!signal.aborted && !(error instanceof Refusal && error.needsSecret)) main.replaceChildren(errorPanel(error, refresh))
  }
}

function showLock() {
  const text = hasSecret() ? 'Lock' : 'Unlock'
  lock.replaceChildren(icon(hasSecret() ? 'M7 11V8a5 5 0 0 1 9.9-1M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z' : 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z'), text)
  lock.title = hasSecret() ? 'Forget the secret' : 'Enter the secret'
}

lock.addEventListener('click', () => {
  if (hasSecret()) forgetSecret()
  else if (route().view === 'upload') location.hash = '#/incoming'
  else main.querySelector('input')?.focus()
})
events.addEventListener('secret', event => {
  showLock()
  if (route().view !== 'upload') show({ wasChanged: event.detail === 'changed' })
})
addEventListener('hashchange', event => {
  show()
  if (event.oldURL) scrollTo(0, 0) // another view, not the same one again
})
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault() // its address would name a view
  main.focus()
})
showLock()
show()

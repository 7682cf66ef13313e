/** Notes that pass, and dialogs that wait for an answer. */

import { button, el } from './dom.js'
import { enterSecret } from './api.js'
import { explain } from './words.js'

const NOTE_MILLISECONDS = 6000
const MAX_NOTES = 4

/** Shows a line for a while; screen readers read it out. `kind`: `good` or `bad`. */
export function notify(text, kind = 'good') {
  const notes = document.getElementById('notes')
  while (notes.children.length >= MAX_NOTES) notes.firstChild.remove()
  const note = el('p', { class: `note ${kind}` }, text)
  notes.append(note)
  setTimeout(() => note.remove(), NOTE_MILLISECONDS)
}

/**
 * Opens a dialog. It is closed by Escape, by its buttons, and with the view that opened it.
 * @param {string} title
 * @param {(close: (value?: any) => void) => Node[]} content
 * @returns {Promise<any>} what `close` was called with; undefined if it was dismissed
 */
export function open(title, content, { kind = '', signal } = {}) {
  return new Promise(resolve => {
    let answer
    const close = value => {
      answer = value
      dialog.close()
    }
    const dialog = el('dialog', { class: kind, 'aria-label': title }, el('h2', {}, title), content(close))
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(answer)
    })
    signal?.addEventListener('abort', () => dialog.close())
    document.body.append(dialog)
    dialog.showModal()
  })
}

/** Asks before something that can't be undone. */
export async function confirm(title, text, action) {
  return await open(title, close => [
    el('p', {}, text),
    el('div', { class: 'row end' }, button('Cancel', () => close(false), 'quiet', { autofocus: true }), button(action, () => close(true), 'danger')),
  ]) === true
}

/** A panel in the place of a view that needs the secret. */
export function secretPanel(wasChanged) {
  const input = el('input', { type: 'password', name: 'secret', autocomplete: 'off', required: true, spellcheck: 'false', 'aria-describedby': 'secret-help' })
  const wrong = el('p', { class: 'error', role: 'alert' })
  const submit = el('button', { class: 'primary' }, 'Unlock')
  async function unlock(event) {
    event.preventDefault()
    submit.disabled = true
    wrong.textContent = ''
    try {
      await enterSecret(input.value)
    } catch (error) {
      wrong.textContent = explain(error)
      input.select()
    } finally {
      submit.disabled = false
    }
  }
  return el('section', { class: 'panel unlock' },
    el('h1', {}, wasChanged ? 'The secret was changed' : 'Enter the secret'),
    el('p', { id: 'secret-help' }, wasChanged
      ? 'The service no longer accepts the secret that you entered. Enter the new one to go on.'
      : 'Everything but uploading needs the secret of this service: API_SECRET_KEY, or what it printed at its start. It stays in this tab and is forgotten when you close it.'),
    el('form', { on: { submit: unlock } }, el('label', { class: 'field' }, el('span', {}, 'Secret'), input), wrong, submit))
}

/** A panel in the place of what could not be loaded. */
export function errorPanel(error, retry) {
  return el('section', { class: 'panel', role: 'alert' },
    el('h1', {}, error.isGone ? 'Nothing here any more' : 'That did not work'),
    el('p', {}, explain(error)),
    el('div', { class: 'row' }, error.isGone
      ? el('a', { class: 'button', href: '#/active' }, 'To all active images')
      : button('Try again', retry, 'primary')))
}

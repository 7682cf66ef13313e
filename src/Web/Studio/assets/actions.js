/** What can be done with stored images, and with several of them at once. */

import { call } from './api.js'
import { button, el } from './dom.js'
import { confirm, open } from './dialogs.js'
import { Lanes } from './lanes.js'
import { count, explain, tally } from './words.js'

const LANES = 3
const MAX_LISTED = 50

export const publish = (filename, crop) => call('publish', { form: crop ? { filename, crop } : { filename } })
export const recrop = (filename, crop) => call('recrop', { form: crop ? { filename, crop } : { filename } })
export const rotate = (filename, rotation) => call('rotate', { form: { filename, rotation } })
export const remove = filename => call('delete', { form: { filenames: filename } })
export const verify = filename => call(`images/${encodeURIComponent(filename)}/verify`, { post: true })

export const confirmRemoval = (many, where) => confirm(
  many.length === 1 ? 'Delete this image?' : `Delete ${count(many.length, 'image')}?`,
  `${many.length === 1 ? 'It is' : 'They are'} removed with all thumbnails${where === 'active' ? ', and readers of the site no longer see ' + (many.length === 1 ? 'it' : 'them') : ''}. This can’t be undone.`,
  'Delete')

/** In words for the past: `{n} published`. */
export const kinds = {
  publish: { title: 'Publish', past: 'published', act: filename => publish(filename) },
  rotate: { title: 'Rotate', past: 'rotated', act: filename => rotate(filename, '90') },
  verify: { title: 'Verify', past: 'verified', act: verify },
  remove: { title: 'Delete', past: 'deleted', act: remove },
}

/**
 * Does one thing to several images, a few at a time, in a dialog that ends with a summary.
 * @param {string[]} filenames
 * @returns {Promise<void>} once the dialog is closed; closing it early stops what has not begun
 */
export async function doToAll({ title, past, act }, filenames, signal) {
  const failed = []
  const findings = []
  let done = 0
  let isClosed = false
  const bar = el('progress', { max: filenames.length, value: 0, 'aria-label': title })
  const line = el('p', { role: 'status' })
  const details = el('div', {})
  let finish
  const closed = open(`${title} ${count(filenames.length, 'image')}`, close => {
    finish = button('Stop', () => close(), 'quiet')
    return [bar, line, details, el('div', { class: 'row end' }, finish)]
  }, { signal }).then(() => { isClosed = true })

  const lanes = new Lanes(LANES)
  await Promise.all(filenames.map(filename => lanes.run(async () => {
    if (isClosed) return
    try {
      const answer = await act(filename)
      done++
      if (answer.findings?.length > 0) findings.push({ filename, text: answer.findings.map(wordsOf).join('; ') })
    } catch (error) {
      failed.push({ filename, error, text: explain(error) })
    }
    bar.value = done + failed.length
    line.textContent = `${bar.value} of ${filenames.length}`
  })))
  bar.hidden = true
  line.textContent = [`${done} ${past}`, failed.length > 0 && `${failed.length} not: ${tally(failed.map(one => one.error))}`,
    findings.length > 0 && `${count(findings.length, 'image')} with findings`].filter(Boolean).join(' · ')
  const rows = [...failed, ...findings]
  if (rows.length > 0) {
    details.append(el('ul', { class: 'plain results' }, rows.slice(0, MAX_LISTED).map(one => el('li', {}, el('code', {}, one.filename), ` ${one.text}`)),
      rows.length > MAX_LISTED && el('li', {}, `and ${count(rows.length - MAX_LISTED, 'more image')}`)))
  }
  finish.textContent = 'Close'
  finish.className = 'primary'
  await closed
}

/** @param {{kind: string, file: string, detail?: string}} finding of `verify` */
export const wordsOf = finding => `${finding.detail ?? finding.kind}${finding.file ? ` (${finding.file})` : ''}`

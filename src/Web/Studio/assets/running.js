/** The view of the running service: live figures, the storages' health, shared batches, and the settings it was started with. */

import { call } from './api.js'
import { sparkline } from './charts.js'
import { el } from './dom.js'
import { bytes, count, duration, explain } from './words.js'

const PERIOD_MILLISECONDS = 2000
const MAX_SAMPLES = 90
const BATCHES_PERIOD_MILLISECONDS = 6000
const SMOOTHED_OVER = 15

/** Kept while other views are shown, so that the charts have a past. */
let samples = []

export async function show(main, signal) {
  const cards = el('div', { class: 'figures' })
  const health = el('div', { class: 'row wrap' })
  const line = el('p', { class: 'muted', role: 'status' })
  const batches = el('section', { class: 'panel', id: 'batches', hidden: true })
  const settings = el('section', { class: 'panel' })
  settings.append(...settingsOf((await look(signal)).settings))
  main.replaceChildren(el('div', { class: 'stack' }, el('div', { class: 'heading' }, el('div', { class: 'grow' }, el('h1', {}, 'Running'), line), health), cards, batches, settings))
  draw()
  followBatches(batches, signal)
  while (await nextLook(signal, PERIOD_MILLISECONDS)) {
    try {
      await look(signal)
      draw()
    } catch (error) {
      if (signal.aborted || error.needsSecret) throw error
      line.textContent = explain(error)
    }
  }

  function draw() {
    const now = samples.at(-1)
    line.textContent = `Up for ${duration(now.uptimeSeconds)}`
    health.replaceChildren(...now.storage.map(one => el('span', { class: `chip ${one.ok ? 'good' : 'bad'}`, title: one.detail }, `${one.name}: ${one.ok ? 'works' : one.detail ?? 'does not answer'}`)))
    cards.replaceChildren(...figuresOf(now))
  }
}

/** Beside the figures: a database that does not answer must not hold them up. What the figures fail by is told by them. */
async function followBatches(panel, signal) {
  do {
    await drawBatches(panel, signal).catch(() => {})
  } while (await nextLook(signal, BATCHES_PERIOD_MILLISECONDS))
}

/** The latest batches that several machines share, if there are any. */
async function drawBatches(panel, signal) {
  const { runs, problem, dashboard } = await call('figures/batches', { signal })
  panel.hidden = runs.length === 0 && !problem
  panel.replaceChildren(
    el('div', { class: 'row wrap' }, el('h2', { class: 'grow' }, 'Batches'), dashboard ? el('a', { href: dashboard }, 'Dashboard of Hangfire') : ''),
    problem ? el('p', { class: 'error' }, problem) : '', ...runs.map(rowOf))
}

function rowOf(run) {
  const name = `${run.kind} ${run.id}`
  const share = run.total ? run.done / run.total : run.state === 'done' ? 1 : undefined
  const facts = [
    `${run.done.toLocaleString('en')}${run.total === null ? '' : ` of ${run.total.toLocaleString('en')}`} images`,
    run.skipped > 0 && `${run.skipped.toLocaleString('en')} skipped`,
    run.state === 'running' ? count(run.workers, 'worker') : `took ${duration(run.elapsedSeconds)}`,
  ].filter(Boolean).join(' · ')
  const tone = run.failed > 0 ? 'bad' : run.state === 'cancelled' ? '' : 'good'
  return el('div', { class: 'batch' },
    el('div', { class: 'row wrap' }, el('strong', { class: 'grow' }, name), el('span', { class: `chip ${tone}` }, run.failed > 0 ? `${run.state}, ${run.failed.toLocaleString('en')} failed` : run.state)),
    el('progress', { max: 1, value: share, 'aria-label': `Progress of ${name}` }),
    el('p', { class: 'muted small' }, facts, run.failed > 0 ? [' · ', el('code', {}, `images batch failures ${run.id}`), ' lists what failed'] : ''))
}

/** Nothing is asked for while the tab is hidden. @returns {Promise<boolean>} false once the view is left */
async function nextLook(signal, milliseconds) {
  await until(signal, done => {
    const timer = setTimeout(done, milliseconds)
    return () => clearTimeout(timer)
  })
  if (document.hidden && !signal.aborted) {
    await until(signal, done => {
      document.addEventListener('visibilitychange', done)
      return () => document.removeEventListener('visibilitychange', done)
    })
  }
  return !signal.aborted
}

const until = (signal, begin) => new Promise(resolve => {
  const end = begin(done)
  signal.addEventListener('abort', done)
  function done() {
    end()
    signal.removeEventListener('abort', done)
    resolve()
  }
})

async function look(signal) {
  const figures = await call('figures', { signal })
  if (samples.length > 0 && figures.uptimeSeconds < samples.at(-1).uptimeSeconds) samples = [] // it was restarted
  samples = [...samples, { ...figures, at: performance.now() / 1000 }].slice(-MAX_SAMPLES)
  return figures
}

/** What was counted in a minute, by each sample and some before it. */
function perMinute(total) {
  return samples.map((sample, i) => {
    const from = samples[Math.max(0, i - SMOOTHED_OVER)]
    const seconds = sample.at - from.at
    return seconds > 0 ? (total(sample) - total(from)) / seconds * 60 : 0
  })
}

/** Of the decodes between a sample and some before it; 0 if there were none. */
function decodeMilliseconds() {
  return samples.map((sample, i) => {
    const from = samples[Math.max(0, i - SMOOTHED_OVER)]
    const decodes = sample.decodes.total - from.decodes.total
    return decodes > 0 ? (sample.decodes.secondsTotal - from.decodes.secondsTotal) / decodes * 1000 : 0
  })
}

function figuresOf(now) {
  const uploads = perMinute(one => one.uploads.total)
  const decodes = decodeMilliseconds()
  const overall = now.decodes.total > 0 ? `${Math.round(now.decodes.secondsTotal / now.decodes.total * 1000)} ms over all ${now.decodes.total.toLocaleString('en')}` : 'none yet'
  return [
    card('Uploads a minute', Math.round(uploads.at(-1)), `${count(now.uploads.total, 'upload')}, ${now.uploads.failed} refused or failed`, chart(uploads, 'Uploads a minute')),
    card('Decode time', decodes.at(-1) > 0 ? `${Math.round(decodes.at(-1))} ms` : '–', overall, chart(decodes, 'Milliseconds for a decode')),
    card('Queue', now.queue.waiting, `${now.queue.running} running`, chart(samples.map(one => one.queue.waiting + one.queue.running), 'Jobs waiting and running')),
    card('Workers', now.workers.alive, `of at most ${now.workers.max}`, meter(now.workers.alive, now.workers.max, 'Workers')),
    card('Memory budget', bytes(now.memory.usedBytes), now.memory.budgetBytes ? `of ${bytes(now.memory.budgetBytes)} reserved` : 'no limit', now.memory.budgetBytes ? meter(now.memory.usedBytes, now.memory.budgetBytes, 'Memory budget') : ''),
    card('Published', now.publishes.total.toLocaleString('en'), 'since the start', chart(perMinute(one => one.publishes.total), 'Publishes a minute')),
  ]
}

const chart = (values, label) => sparkline(values, `${label}, last ${values.length} looks, at most ${Math.round(Math.max(...values))}`)

const card = (title, value, small, below) => el('section', { class: 'panel figure' }, el('h2', {}, title), el('p', { class: 'value' }, String(value)), el('p', { class: 'muted small' }, small), below)

function meter(value, most, label) {
  const fill = el('span', {})
  fill.style.width = `${Math.min(100, most > 0 ? value / most * 100 : 0)}%`
  return el('div', { class: 'meter', role: 'meter', 'aria-label': label, 'aria-valuenow': value, 'aria-valuemin': 0, 'aria-valuemax': Math.max(most, value) }, fill)
}

/** A default is told in words, as in the table of all settings. */
function valueOf({ value, isSecret, isDefault }) {
  if (isSecret) return el('em', { class: 'muted' }, value)
  if (isDefault) return el('span', { class: 'muted' }, value === '' ? '–' : value.replaceAll('`', ''))
  return el('code', {}, value)
}

function settingsOf(settings) {
  const rows = settings.map(one => el('tr', {}, el('th', { scope: 'row' }, el('code', {}, one.name)), el('td', {}, valueOf(one))))
  const search = el('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter the settings', on: { input: () => {
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(search.value.trim().toLowerCase())
  } } })
  return [el('div', { class: 'heading' }, el('h2', { class: 'grow' }, 'Settings'), search),
    el('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': 'Settings' }, el('table', { class: 'settings' }, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Variable'), el('th', { scope: 'col' }, 'Value'))), el('tbody', {}, rows)))]
}

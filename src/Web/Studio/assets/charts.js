/** Small charts of the last minutes. */

import { svg } from './dom.js'

const WIDTH = 200
const HEIGHT = 48

/** With fewer values than these the line does not fill the width. */
const LEAST = 20

/** A line over its area; the last value is at the right edge. @param {number[]} values */
export function sparkline(values, label) {
  const most = Math.max(values.length, LEAST)
  const top = Math.max(...values, Number.EPSILON)
  const points = values.map((value, i) => [WIDTH - (values.length - 1 - i) * WIDTH / (most - 1), HEIGHT - 2 - value / top * (HEIGHT - 6)])
  const line = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
  const area = points.length > 1 ? `${line}L${WIDTH} ${HEIGHT}L${points[0][0].toFixed(1)} ${HEIGHT}Z` : ''
  return svg('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
    svg('path', { class: 'area', d: area }), svg('path', { class: 'line', d: line }))
}

/** Boxes inside a picture, in whole pixels of it, upright: `WxH+X+Y` as the service writes a crop. */

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

export const text = box => `${box.width}x${box.height}+${box.x}+${box.y}`

/** @returns {Box|undefined} */
export function parse(geometry) {
  const found = /^(\d+)x(\d+)([+-]\d+)([+-]\d+)$/.exec(geometry ?? '')
  return found ? { width: +found[1], height: +found[2], x: +found[3], y: +found[4] } : undefined
}

const between = (value, least, most) => Math.min(Math.max(value, least), Math.max(least, most))

/** The nearest box that is inside a picture; it keeps its size if it can. @returns {Box} */
export function inside(box, { width, height }) {
  const w = between(Math.round(box.width), 1, width)
  const h = between(Math.round(box.height), 1, height)
  return { width: w, height: h, x: between(Math.round(box.x), 0, width - w), y: between(Math.round(box.y), 0, height - h) }
}

/** The largest box of a shape around the middle of another one, inside the picture. @param {number|undefined} ratio width by height; undefined: any */
export function shaped(box, ratio, picture) {
  if (!ratio) return inside(box, picture)
  let width = Math.max(box.width, box.height * ratio)
  width = Math.min(width, picture.width, picture.height * ratio)
  const height = width / ratio
  return inside({ width, height, x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2 }, picture)
}

/**
 * The box between a fixed corner and a point.
 * @param {{x: number, y: number}} corner stays where it is
 * @param {{x: number, y: number}} point may be outside of the picture
 */
export function spanned(corner, point, ratio, picture) {
  const [right, down] = [point.x >= corner.x ? 1 : -1, point.y >= corner.y ? 1 : -1]
  const room = { width: right > 0 ? picture.width - corner.x : corner.x, height: down > 0 ? picture.height - corner.y : corner.y }
  let width = Math.min(Math.abs(point.x - corner.x), room.width)
  let height = Math.min(Math.abs(point.y - corner.y), room.height)
  if (ratio) {
    width = Math.min(Math.max(width, height * ratio), room.width, room.height * ratio)
    height = width / ratio
  }
  return inside({ width, height, x: right > 0 ? corner.x : corner.x - width, y: down > 0 ? corner.y : corner.y - height }, picture)
}

/** Wider or narrower by some pixels, from the upper left corner on; with a ratio the height follows. */
export function grown(box, dx, dy, ratio, picture) {
  let width = between(box.width + dx, 1, picture.width - box.x)
  let height = between(box.height + dy, 1, picture.height - box.y)
  if (ratio) {
    width = between(dx ? width : height * ratio, 1, Math.min(picture.width - box.x, (picture.height - box.y) * ratio))
    height = width / ratio
  }
  return inside({ ...box, width, height }, picture)
}

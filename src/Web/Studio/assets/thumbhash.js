/** Draws a thumbhash: a placeholder of some 25 bytes, coefficients of cosines in brightness and two colours (https://evanw.github.io/thumbhash/). */

const SIDE = 32

/**
 * @param {string} base64
 * @returns {{width: number, height: number, url: string}} the shape of the picture, and a small PNG of it
 */
export function drawn(base64) {
  const hash = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))
  const head = hash[0] | hash[1] << 8 | hash[2] << 16
  const tail = hash[3] | hash[4] << 8
  const hasAlpha = (head >> 23 & 1) === 1
  const isLandscape = (tail >> 15 & 1) === 1
  const most = hasAlpha ? 5 : 7
  const across = isLandscape ? most : tail & 7
  const down = isLandscape ? tail & 7 : most
  const width = across >= down ? SIDE : Math.max(1, Math.round(SIDE * across / down))
  const height = across >= down ? Math.max(1, Math.round(SIDE * down / across)) : SIDE

  // Half a byte for each coefficient, channel after channel.
  let half = hasAlpha ? 12 : 10
  const next = scale => ((hash[half >> 1] >> (half++ & 1) * 4 & 15) / 7.5 - 1) * scale
  const channel = (nx, ny, mean, scale) => ({ mean, waves: Array.from(waves(nx, ny), ([x, y]) => [x, y, next(scale)]) })
  const light = channel(Math.max(3, across), Math.max(3, down), (head & 63) / 63, (head >> 18 & 31) / 31)
  const yellow = channel(3, 3, (head >> 6 & 63) / 31.5 - 1, (tail >> 3 & 63) / 63 * 1.25)
  const red = channel(3, 3, (head >> 12 & 63) / 31.5 - 1, (tail >> 9 & 63) / 63 * 1.25)
  const alpha = hasAlpha ? channel(5, 5, (hash[5] & 15) / 15, (hash[5] >> 4) / 15) : { mean: 1, waves: [] }

  const picture = new ImageData(width, height)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 4) {
      const [l, p, q, a] = [light, yellow, red, alpha].map(one => valueAt(one, (x + 0.5) / width, (y + 0.5) / height))
      const blue = l - 2 / 3 * p
      const r = (3 * l - blue + q) / 2
      picture.data.set([r * 255, (r - q) * 255, blue * 255, a * 255], at) // clamped by the array
    }
  }
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d').putImageData(picture, 0, 0)
  return { width, height, url: canvas.toDataURL() }
}

/** Frequencies of a channel, in the order in which they are stored: a triangle, without the mean. */
function* waves(nx, ny) {
  for (let y = 0; y < ny; y++) {
    for (let x = y === 0 ? 1 : 0; x * ny < nx * (ny - y); x++) yield [x, y]
  }
}

function valueAt({ mean, waves }, x, y) {
  let sum = mean
  for (const [cx, cy, amplitude] of waves) sum += amplitude * Math.cos(Math.PI * cx * x) * Math.cos(Math.PI * cy * y) * (cy > 0 ? 2 : 1)
  return sum
}

/** Addresses of views: `#/image/NAME`, `#/active?after=…`. */

export const imageAddress = filename => `#/image/${encodeURIComponent(filename)}`

/** Shows another view. */
export const go = address => { location.hash = address }

/** Shows the same view again, with what is stored now. */
export const refresh = () => dispatchEvent(new Event('hashchange'))

/** @returns {{view: string, name: string, query: URLSearchParams}} */
export function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?')
  const [view, name = ''] = path.split('/')
  return { view: view || 'upload', name: decoded(name), query: new URLSearchParams(query) }
}

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

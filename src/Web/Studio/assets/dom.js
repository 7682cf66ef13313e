/** Makes elements. Whatever comes from others is passed as text and stays text. */

/**
 * @param {string} name
 * @param {Object} [props] attributes; `on` holds listeners, `style` and `data` their entries. False and undefined are left out.
 * @param {...(Node|string|null|undefined|false|Array)} children strings become text nodes
 */
export function el(name, props = {}, ...children) {
  return fill(document.createElement(name), props, children)
}

/** As {@link el}, for elements of SVG. */
export function svg(name, props = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), props, children)
}

/** An icon of lines on a field of 24x24. */
export function icon(path) {
  return svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' }, svg('path', { d: path }))
}

/** A button; `kind` is a class such as `primary`, `quiet` or `danger`. */
export function button(text, act, kind = '', props = {}) {
  return el('button', { type: 'button', class: kind, on: { click: act }, ...props }, text)
}

/** A field below its label. */
export function field(text, input, kind = '') {
  return el('label', { class: `field ${kind}` }, el('span', {}, text), input)
}

/** A list to choose from: pairs of value and text. */
export function choice(options, value, changed, props = {}) {
  const select = el('select', { ...props, on: { change: () => changed(select.value) } },
    options.map(([one, text]) => el('option', { value: one, selected: one === value }, text)))
  return select
}

function fill(element, { on = {}, style = {}, data = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined && value !== null) element.setAttribute(name, value === true ? '' : value)
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener)
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value)
  Object.assign(element.dataset, data)
  element.append(...children.flat(2).filter(child => child || child === 0).map(child => child instanceof Node ? child : String(child)))
  return element
}

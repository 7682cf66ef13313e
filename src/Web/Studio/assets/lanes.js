/** Does work in a few lanes: no more than so many pieces are under way at a time. */
export class Lanes {
  #free
  #waiting = []

  constructor(lanes) {
    this.#free = lanes
  }

  /** @param {() => Promise<T>} work @returns {Promise<T>} @template T */
  async run(work) {
    if (this.#free > 0) this.#free--
    else await new Promise(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}

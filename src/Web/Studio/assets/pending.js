/** Files whose upload is not finished, kept in IndexedDB so that a reload goes on. Where there is no room for them, uploading works without. */

const STORE = 'files'

let opened
const database = () => opened ??= new Promise((resolve, reject) => {
  const request = indexedDB.open('imagebackend.uploads', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id', autoIncrement: true })
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

async function transact(mode, act) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE)
  return new Promise((resolve, reject) => {
    const request = act(store)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    store.transaction.onabort = () => reject(store.transaction.error)
  })
}

const attempt = async (mode, act, otherwise) => {
  try {
    return await transact(mode, act)
  } catch {
    return otherwise
  }
}

/** @returns {Promise<number|undefined>} its id, or undefined if it could not be kept */
export const keep = file => attempt('readwrite', store => store.add({ file }))

/** Notes where a resumable upload continues. */
export const note = (id, file, address) => id === undefined ? undefined : attempt('readwrite', store => store.put({ id, file, address }))

export const forget = id => id === undefined ? undefined : attempt('readwrite', store => store.delete(id))

/** @returns {Promise<{id: number, file: File, address?: string}[]>} */
export const all = () => attempt('readonly', store => store.getAll(), [])

/**
 * Runs an upload that no other tab runs. Without locks (plain HTTP from another machine) every tab believes that it is the only one.
 * @returns {Promise<boolean>} false if another tab has it
 */
export async function alone(id, work) {
  if (id === undefined || !navigator.locks) {
    await work()
    return true
  }
  return navigator.locks.request(`imagebackend.upload.${id}`, { ifAvailable: true }, async lock => {
    if (lock) await work()
    return lock !== null
  })
}

// Uploads a file by tus-js-client, as docs/uploads.md shows, and prints what came of it as JSON.
// Usage: node tus-upload.mjs ENDPOINT FILE [CHUNK_BYTES]
import { createReadStream, statSync } from 'node:fs'
import * as tus from 'tus-js-client'

const [endpoint, path, chunkBytes] = process.argv.slice(2)
let errors = 0
const offsets = []

const upload = new tus.Upload(createReadStream(path), {
  endpoint,
  uploadSize: statSync(path).size,
  chunkSize: chunkBytes ? Number(chunkBytes) : Infinity,
  metadata: { filename: 'photo.jpg' },
  retryDelays: Array(600).fill(100), // the tests' lines break often, and for moments only
  onShouldRetry(error) {
    errors += 1
    const status = error.originalResponse?.getStatus() ?? 0
    return status === 0 || status === 409 || status === 423 || status >= 500 || status === 408
  },
  onAfterResponse(request, response) {
    offsets.push(`${request.getMethod()} ${response.getStatus()} ${response.getHeader('Upload-Offset') ?? ''}`.trim())
  },
  async onSuccess({ lastResponse }) {
    const answer = lastResponse.getBody() || (await (await fetch(upload.url)).text())
    console.log(JSON.stringify({ url: upload.url, answer: JSON.parse(answer), errors, offsets }))
  },
  onError(error) {
    const answer = error.originalResponse?.getBody()
    console.log(JSON.stringify({ url: upload.url, problem: answer ? JSON.parse(answer) : `${error}`, errors, offsets }))
  },
})
upload.start()

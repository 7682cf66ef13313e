// Runs in the browser: uploads /photo by Uppy, as docs/uploads.md shows, and reports to /result what came of it.
import Uppy from '@uppy/core'
import Tus from '@uppy/tus'

const endpoint = new URLSearchParams(location.search).get('endpoint')
const photo = await (await fetch('/photo')).blob()

const uppy = new Uppy()
uppy.use(Tus, { endpoint, retryDelays: Array(600).fill(100) })
uppy.on('upload-success', async (file, { uploadURL, body }) => {
  const answer = body.xhr.responseText || (await (await fetch(uploadURL)).text())
  report({ url: uploadURL, answer: JSON.parse(answer) })
})
uppy.on('upload-error', (file, error, response) => {
  const answer = response?.body?.xhr?.responseText
  report({ problem: answer ? JSON.parse(answer) : `${error}` })
})
uppy.addFile({ name: 'photo.jpg', type: photo.type, data: photo })
uppy.upload()

function report(result) {
  fetch('/result', { method: 'POST', body: JSON.stringify(result) })
}

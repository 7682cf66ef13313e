// Uploads a file by Uppy in Chromium, from a page of another origin, and prints what came of it as JSON.
// Usage: node uppy-upload.mjs ENDPOINT FILE CHROMIUM
import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const [endpoint, path, chromium] = process.argv.slice(2)
const { outputFiles } = await build({
  entryPoints: [join(dirname(fileURLToPath(import.meta.url)), 'uppy-page.mjs')],
  bundle: true,
  format: 'esm',
  write: false,
})

const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
let browser
const server = createServer((request, response) => {
  switch (new URL(request.url, 'http://x').pathname) {
    case '/':
      response.setHeader('Content-Type', 'text/html')
      response.end('<!doctype html><title>Upload</title><script type="module" src="/page.js"></script>')
      break
    case '/page.js':
      response.setHeader('Content-Type', 'text/javascript')
      response.end(outputFiles[0].contents)
      break
    case '/photo':
      response.setHeader('Content-Type', 'image/jpeg')
      createReadStream(path).pipe(response)
      break
    case '/result':
      finish(request, response)
      break
    default:
      response.statusCode = 404
      response.end()
  }
})

server.listen(0, '127.0.0.1', () => {
  browser = spawn(chromium, [
    '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/?endpoint=${encodeURIComponent(endpoint)}`,
  ], { stdio: 'ignore', detached: true }) // a group of its own, which can be killed as a whole
})

async function finish(request, response) {
  let result = ''
  for await (const part of request) result += part
  response.end()
  console.log(result)
  browser.once('exit', () => {
    server.close()
    server.closeAllConnections()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })
  process.kill(-browser.pid, 'SIGKILL')
}

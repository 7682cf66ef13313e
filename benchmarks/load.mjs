// node load.mjs upload URL FILE COUNT CONCURRENCY [KEYS]: uploads a file again and again; the keys go to the file KEYS, one a line.
// node load.mjs publish URL SECRET CONCURRENCY < keys: publishes each.
// node load.mjs get URL COUNT CONCURRENCY < names: requests one after another, from the first again after the last.
// Each prints how many a second, p50 and p95 in milliseconds, and how many were not answered 200.
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const [mode, url, ...rest] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

const send = (path, method, headers, body) => new Promise((done) => {
  const call = request(url + path, { agent, method, headers }, async (response) => done([response.statusCode, await text(response)]));
  call.on('error', () => done([0, '']));
  call.end(body);
});

const inParallel = async (count, concurrency, work) => {
  let next = 0;
  const times = [];
  let failed = 0;
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (next < count) {
      const index = next++;
      const begun = process.hrtime.bigint();
      failed += (await work(index)) === 200 ? 0 : 1;
      times.push(Number(process.hrtime.bigint() - begun) / 1e6);
    }
  }));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  return `${(times.length / seconds).toFixed(2)} ${at(0.5)} ${at(0.95)} ${failed}`;
};

const lines = async () => (await text(process.stdin)).split('\n').filter((line) => line !== '');

if (mode === 'upload') {
  const [file, count, concurrency, keysFile] = rest;
  const keys = [];
  const boundary = 'x-x-x-x-x-x-x-x';
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`),
    await readFile(file),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  console.log(await inParallel(Number(count), Number(concurrency), async () => {
    const [status, answer] = await send('/upload', 'POST', { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length }, body);
    if (status === 200 && keysFile) {
      keys.push(JSON.parse(answer).filename);
    }
    return status;
  }));
  if (keysFile) {
    await writeFile(keysFile, keys.map((key) => `${key}\n`).join(''));
  }
} else if (mode === 'publish') {
  const [secret, concurrency] = rest;
  const keys = await lines();
  console.log(await inParallel(keys.length, Number(concurrency), async (index) => {
    const body = new URLSearchParams({ secret, filename: keys[index] }).toString();
    return (await send('/publish', 'POST', { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length }, body))[0];
  }));
} else {
  const [count, concurrency] = rest;
  const names = await lines();
  console.log(await inParallel(Number(count), Number(concurrency), async (index) => (await send(`/${names[index % names.length]}`, 'GET', {}, undefined))[0]));
}
agent.destroy();

// node load.mjs URL FILE COUNT CONCURRENCY: uploads a file COUNT times; prints uploads per second, p50 and p95 in milliseconds,
// and how many were not answered 200.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';

const [url, file, countText, concurrencyText] = process.argv.slice(2);
const boundary = 'x-x-x-x-x-x-x-x';
const body = Buffer.concat([
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`),
  await readFile(file),
  Buffer.from(`\r\n--${boundary}--\r\n`),
]);
const agent = new Agent({ keepAlive: true });
const upload = () => new Promise((done) => {
  const call = request(url, {
    agent,
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length },
  }, (response) => response.resume().on('end', () => done(response.statusCode)));
  call.on('error', () => done(0));
  call.end(body);
});

let left = Number(countText);
let failed = 0;
const times = [];
const start = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(concurrencyText) }, async () => {
  while (left-- > 0) {
    const begun = process.hrtime.bigint();
    failed += (await upload()) === 200 ? 0 : 1;
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
}));
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
times.sort((a, b) => a - b);
const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))]);
console.log(`${(times.length / seconds).toFixed(2)} ${at(0.5)} ${at(0.95)} ${failed}`);
agent.destroy();

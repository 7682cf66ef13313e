// node convert-service.mjs PORT FOLDER: takes uploads as c2c_images does: the file is written, then three `convert` at once,
// each from the original. Nothing is checked: the least that a service on ImageMagick does.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const [port, folder] = process.argv.slice(2);
const thumbnails = {
  BI: ['-thumbnail', '1500x1500>'],
  MI: ['-thumbnail', '400x400>'],
  SI: ['-thumbnail', '200x200^', '-gravity', 'center', '-extent', '200x200'],
};
let number = 0;

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  if (request.method !== 'POST') {
    response.end('pong');
    return;
  }
  const body = Buffer.concat(chunks);
  const boundary = '\r\n--' + /boundary=(.+)/.exec(request.headers['content-type'])[1];
  const name = join(folder, String(++number));
  await writeFile(name + '.jpg', body.subarray(body.indexOf('\r\n\r\n') + 4, body.lastIndexOf(boundary)));
  await Promise.all(Object.entries(thumbnails).map(([suffix, size]) =>
    run('/usr/bin/convert', [name + '.jpg', ...size, '-quality', '90', name + suffix + '.jpg'])));
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ success: true, filename: number + '.jpg' }));
}).listen(Number(port), '127.0.0.1');

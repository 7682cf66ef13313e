// node sharp.mjs naive|tuned FILE OUTPUT_FOLDER COUNT: the same three thumbnails by sharp; prints CPU seconds and wall seconds of one, and the peak of memory in MB.
// naive: one clone of the input for each size. tuned: the large one first, as raw pixels, and the smaller ones from it; PNG with filters, which takes
// less time and half of the bytes.
import sharp from 'sharp';
import { extname, join } from 'node:path';

const [mode, file, folder, countText] = process.argv.slice(2);
const extension = extname(file) === '.svg' ? '.jpg' : extname(file);
const animated = extension === '.gif';
sharp.cache(false);
sharp.concurrency(1);

// The chroma of the original, as the others keep it; left alone, sharp halves it.
const { chromaSubsampling = '4:2:0' } = await sharp(file).metadata();
const encode = (image) =>
  extension === '.jpg' ? image.flatten({ background: '#fff' }).jpeg({ quality: 90, chromaSubsampling })
  : extension === '.png' ? image.png(mode === 'tuned' ? { compressionLevel: 3, adaptiveFiltering: true } : {})
  : image.gif({ effort: 3 });
const inside = (side) => ({ width: side, height: side, fit: 'inside', withoutEnlargement: true });
const cut = { width: 200, height: 200, fit: 'cover' };

async function naive() {
  const input = sharp(file, { animated }).rotate();
  await Promise.all([
    encode(input.clone().resize(inside(1500))).toFile(join(folder, 'BI' + extension)),
    encode(input.clone().resize(inside(400))).toFile(join(folder, 'MI' + extension)),
    encode(input.clone().resize(cut)).toFile(join(folder, 'SI' + extension)),
  ]);
}

async function tuned() {
  const { data, info } = await sharp(file).rotate().resize(inside(1500)).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const middle = await sharp(data, { raw }).resize(inside(400)).raw().toBuffer({ resolveWithObject: true });
  const rawMiddle = { width: middle.info.width, height: middle.info.height, channels: middle.info.channels };
  await encode(sharp(data, { raw })).toFile(join(folder, 'BI' + extension));
  await encode(sharp(middle.data, { raw: rawMiddle })).toFile(join(folder, 'MI' + extension));
  await encode(sharp(middle.data, { raw: rawMiddle }).resize(cut)).toFile(join(folder, 'SI' + extension));
}

if (animated && mode === 'tuned' && ((await sharp(file).metadata()).pages ?? 1) > 1) {
  process.exit(3); // raw pixels have no frames: there is no better way
}
const run = mode === 'tuned' ? tuned : naive;
const count = Number(countText);
for (let i = 0; i < Math.min(5, count - 1); i++) {
  await run();
}
const before = process.cpuUsage();
const start = process.hrtime.bigint();
for (let i = 0; i < count; i++) {
  await run();
}
const { user, system } = process.cpuUsage(before);
const wall = Number(process.hrtime.bigint() - start) / 1e9;
console.log(`${((user + system) / 1e6 / count).toFixed(4)} ${(wall / count).toFixed(4)} ${Math.round(process.resourceUsage().maxRSS / 1024)}`);

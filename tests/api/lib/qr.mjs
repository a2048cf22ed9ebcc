// Reading printed QR codes as a scanner does, and looking into their pictures.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';

function inFiles(all, use) {
  const dir = mkdtempSync(join(tmpdir(), 'orderzap-qr-'));
  try {
    const paths = all.map((bytes, i) => join(dir, `code${i}`));
    for (const [i, path] of paths.entries()) writeFileSync(path, all[i]);
    return use(paths);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The texts of all codes in each of some PNGs, read by zbar, which takes as long to start as to read several. */
export function scanAll(pngs) {
  const xml = inFiles(pngs, (paths) => execFileSync('zbarimg', ['--quiet', '--xml', '--nodbus', '-S*.enable=0', '-Sqrcode.enable=1', ...paths],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
  const texts = pngs.map(() => []);
  for (const [, i, found] of xml.matchAll(/<source href='[^']*\/code(\d+)'>(.*?)<\/source>/gs))
    texts[i].push(...[...found.matchAll(/<data><!\[CDATA\[(.*?)\]\]><\/data>/gs)].map((m) => m[1]));
  return texts;
}

/** The texts of all codes in a PNG. */
export const scan = (png) => scanAll([png])[0];

/** An SVG as PNG, by librsvg. */
export const rasterize = (svg, width = 900) =>
  inFiles([svg], ([path]) => execFileSync('rsvg-convert', ['--width', String(width), path], { maxBuffer: 1 << 26 }));

/** A PNG of 8 bits of grey: {width, height, at(x, y)} (RFC 2083). */
export function pixels(png) {
  assert.equal(png.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const parts = [];
  let head;
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.toString('latin1', at + 4, at + 8), data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (type === 'IHDR') head = data;
    if (type === 'IDAT') parts.push(data);
  }
  assert.deepEqual([...head.subarray(8, 13)], [8, 0, 0, 0, 0], 'eight bits of grey, not interlaced');
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const raw = inflateSync(Buffer.concat(parts)), out = new Uint8Array(width * height);
  assert.equal(raw.length, height * (width + 1));
  const paeth = (a, b, c) => {
    const pa = Math.abs(b - c), pb = Math.abs(a - c), pc = Math.abs(a + b - 2 * c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  const filters = [() => 0, (a) => a, (a, b) => b, (a, b) => (a + b) >> 1, paeth];
  for (let y = 0; y < height; y++) {
    const filter = filters[raw[y * (width + 1)]];
    for (let x = 0; x < width; x++) {
      const a = x > 0 ? out[y * width + x - 1] : 0, b = y > 0 ? out[(y - 1) * width + x] : 0, c = x > 0 && y > 0 ? out[(y - 1) * width + x - 1] : 0;
      out[y * width + x] = raw[y * (width + 1) + 1 + x] + filter(a, b, c);
    }
  }
  return { width, height, at: (x, y) => out[y * width + x] };
}

/** The modules that an SVG's path fills: {size, dark(x, y)}, the quiet zone included. */
export function modules(svg) {
  const size = Number(/viewBox="0 0 (\d+) [\d.]+"/.exec(svg)[1]);
  const paths = [...svg.matchAll(/<path [^>]*\bd="([^"]*)"/g)];
  assert.equal(paths.length, 1);
  const dark = new Set();
  const rest = paths[0][1].replace(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g, (_, x, y, run, back) => {
    assert.equal(run, back);
    for (let i = 0; i < Number(run); i++) dark.add(`${Number(x) + i},${y}`);
    return '';
  });
  assert.equal(rest, '', 'the path holds something else');
  return { size, dark: (x, y) => dark.has(`${x},${y}`) };
}

/** The modules that are light around the code, on its narrowest side. */
export function quietZone({ size, dark }) {
  for (let ring = 0; ; ring++)
    for (let i = ring; i < size - ring; i++)
      if (dark(i, ring) || dark(i, size - 1 - ring) || dark(ring, i) || dark(size - 1 - ring, i)) return ring;
}

/** The level of error correction, read off both copies of the format information (ISO/IEC 18004, 7.9). */
export function level(matrix, quiet = 4) {
  const dark = (x, y) => Number(matrix.dark(x + quiet, y + quiet)), n = matrix.size - 2 * quiet;
  const first = [[0, 8], [1, 8], [2, 8], [3, 8], [4, 8], [5, 8], [7, 8], [8, 8], [8, 7], [8, 5], [8, 4], [8, 3], [8, 2], [8, 1], [8, 0]];
  const second = [...Array(7)].map((_, i) => [8, n - 1 - i]).concat([...Array(8)].map((_, i) => [n - 8 + i, 8]));
  const [a, b] = [first, second].map((places) => places.reduce((bits, [x, y]) => bits * 2 + dark(x, y), 0));
  assert.equal(a, b, 'the two copies differ');
  return 'MLHQ'[(a ^ 0x5412) >> 13];
}

/** The texts of an SVG, unescaped: {title, lines}. */
export function words(svg) {
  const plain = (text) => text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' })[name]);
  return { title: plain(/<title>([^<]*)<\/title>/.exec(svg)[1]), lines: [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((m) => plain(m[1])) };
}

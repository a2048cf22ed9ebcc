// The menu that guests read, and its limit: the same bytes in a file, served by
// a second nginx with the same TLS, connections and log, and with nothing else.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { runWrk } from './load.mjs';
import { startNginx } from './nginx.mjs';
import { options } from './options.mjs';
import { readCpu, subtractCpu } from './usage.mjs';

const usual = 64; // connections

// Not fetch(): the bytes are needed as they were sent.
function fetchRaw(url, headers) {
  return new Promise((done, fail) => {
    request(url, { headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    }).once('error', fail).end();
  });
}

// Two locations rather than gzip_static, so that any nginx will do.
const locations = (dir) => `    root ${dir}/files;
    types {}
    default_type application/json;
    location = /menu {
    }
    location = /menu.gz {
        add_header Content-Encoding gzip;
    }
`;

/** Starts the second nginx; stop() ends it. Its files are in {dir}/files. */
export async function startStatic(stack) {
  const dir = join(stack.dir, 'bench-static');
  mkdirSync(join(dir, 'files'), { recursive: true });
  chmodSync(join(dir, 'files'), 0o755);
  return startNginx(stack, dir, { server: locations(dir) });
}

async function variant(file, product, limit, status) {
  const answers = [await fetchRaw(product.url, product.headers)];
  if (file !== undefined) {
    writeFileSync(file, answers[0].body);
    chmodSync(file, 0o644);
  }
  answers.push(await fetchRaw(limit.url, limit.headers));
  const [a, b] = answers;
  if (a.status !== status || b.status !== status || !a.body.equals(b.body) ||
      a.headers['content-encoding'] !== b.headers['content-encoding'])
    throw new Error(`${product.url} and its limit differ: ${a.status}, ${a.body.length} bytes; ${b.status}, ${b.body.length} bytes`);
  const sized = (target) => ({ ...target, status, size: a.body.length });
  return { product: sized(product), limit: sized(limit), etags: answers.map((answer) => answer.headers.etag) };
}

/** What to measure: {plain, gzip, unchanged}, each {product, limit}. */
export async function menuLimit(stack, files) {
  const url = `${stack.url}/api/r/bench-1/menu`, path = join(files.dir, 'files/menu');
  const gzip = { 'Accept-Encoding': 'gzip' };
  const plain = await variant(path, { url, headers: {} }, { url: `${files.url}/menu`, headers: {} }, 200);
  const conditional = (i) => ({ 'If-None-Match': plain.etags[i] });
  return {
    plain,
    gzip: await variant(`${path}.gz`, { url, headers: gzip }, { url: `${files.url}/menu.gz`, headers: gzip }, 200),
    unchanged: await variant(undefined, { url, headers: conditional(0) }, { url: `${files.url}/menu`, headers: conditional(1) }, 304),
  };
}

/** One measurement of one target, as measureOrders(). */
export async function measureMenu(bench, target, connections = usual) {
  await runWrk(target.url, connections, 1, {}, target.headers);
  const cpu = readCpu(bench.groups);
  const result = await runWrk(target.url, connections, options.seconds, {}, target.headers);
  result.cpu = subtractCpu(readCpu(bench.groups), cpu, result.requests);
  const answer = await fetchRaw(target.url, target.headers), mean = result.bytes / result.requests;
  // Head and body of every answer: no 304 among the 200, no 200 among the 304.
  if (answer.status !== target.status || mean < target.size || mean > target.size + 2000)
    throw new Error(`${target.url}: ${answer.status}, ${Math.round(mean)} bytes an answer; wanted ${target.status}, ${target.size} and a head`);
  return result;
}

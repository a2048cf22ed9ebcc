// docs/guide.md, every block of it, as it stands.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildDir, root, startStack } from '../api/lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ empty: true });
});
after(() => stack?.stop());

const blocks = [...readFileSync(join(root, 'docs/guide.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((m) => m[1]);

/** The blocks as one script, which says where it is before each. */
function run(folder) {
  const script = join(folder, 'guide.sh');
  writeFileSync(script, ['set -euo pipefail', ...blocks.map((block, i) => `echo "== block ${i + 1}"\n${block}`)].join('\n'));
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const ctl = join(programs, 'orderzapctl');
  writeFileSync(ctl, `#!/bin/sh\nexec '${buildDir}/orderzapctl' --config '${stack.envFile}' "$@"\n`);
  chmodSync(ctl, 0o755);
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, ORDERZAP_URL: stack.url, CURL_CA_BUNDLE: join(stack.dir, 'tls.crt') };
  return new Promise((done) => {
    execFile('bash', [script], { cwd: folder, env, timeout: 120000 },
      (error, stdout, stderr) => done({ status: error ? error.code ?? 1 : 0, stdout, stderr }));
  });
}

test('the guide, from an empty installation to a closed, paid table', async () => {
  assert.equal(stack.sqlValue('SELECT count(*) FROM restaurants'), '0');
  assert.ok(blocks.length >= 15, 'its blocks are found');
  const folder = join(stack.dir, 'guide');
  mkdirSync(folder);
  const { status, stdout, stderr } = await run(folder);
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  assert.ok(stdout.includes(`== block ${blocks.length}`));
  assert.equal(stack.sqlValue('SELECT count(*) FROM restaurants'), '1');
  assert.deepEqual(stack.sql('SELECT order_number, status, payment_status FROM orders ORDER BY order_number'),
    [['1', 'completed', 'paid'], ['2', 'completed', 'paid'], ['3', 'completed', 'partially_refunded']]);
  assert.equal(stack.sqlValue("SELECT count(*) FROM sessions WHERE status = 'closed'"), '1');
  assert.deepEqual(stack.sql('SELECT method, count(*) FROM payments GROUP BY method ORDER BY method'), [['cash', '1'], ['online', '1']]);
  assert.match(readFileSync(join(folder, 'tables.html'), 'utf8'), /Terrace 1/);
  assert.match(stdout, /^method,/m, 'the report as CSV');
});

// The end of the system that the files before shared.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderOf } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

test('the system that files shared ends: no deadlock was in it, and the sanitizers found nothing', async () => {
  const run = process.env.ORDERZAP_RUN;
  if (!run || !existsSync(folderOf(run))) return; // each file had its own, and looked itself
  const end = join(folderOf(run), 'end.txt');
  writeFileSync(join(folderOf(run), 'stop'), '');
  await until('the end of the shared system', () => existsSync(end), 60000);
  assert.equal(readFileSync(end, 'utf8'), '');
  rmSync(folderOf(run), { recursive: true });
});

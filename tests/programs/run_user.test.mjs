// orderzapd, started as root: RUN_USER's folders cannot lead root astray.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isGone } from '../api/lib/processes.mjs';
import { buildDir } from '../api/lib/paths.mjs';
import { until } from '../api/lib/until.mjs';

const skip = process.getuid() === 0 ? false : 'only root becomes another user';
const folder = mkdtempSync(join(tmpdir(), 'orderzap-user-'));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true, force: true }));
const www = () => Number(execFileSync('id', ['-u', 'www-data'], { encoding: 'utf8' }));

/** Starts it in the background: {status, stderr}. */
function start(name, settings) {
  const file = join(folder, `${name}.env`);
  writeFileSync(file, Object.entries({ DATABASE_URL: 'postgresql:///nowhere?host=/nonexistent', JWT_SECRET: 'Zk3vQ9xT1mB7yR5wL8pN2cH6dF4gJ0aS',
    RUN_USER: 'www-data', SOCKET_GROUP: 'www-data', DATABASE_POOL_MIN: 1, LOGIN_WORKERS: 1, ...settings }).map(([k, v]) => `${k}=${v}\n`).join(''));
  chmodSync(file, 0o644);
  return new Promise((done) => {
    execFile(join(buildDir, 'orderzapd'), ['--config', file], { timeout: 30000 }, (error, stdout, stderr) => done({ status: error ? error.code : 0, stderr }));
  });
}

async function stop(runDir) {
  const pidFile = join(runDir, 'orderzapd.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(await until('its number', () => readFileSync(pidFile, 'utf8').trim()));
  process.kill(pid, 'SIGTERM');
  await until('it has ended', () => isGone(pid));
}

test('symbolic links in folders of RUN_USER: no file of root is emptied, opened or given away', { skip }, async () => {
  const theirs = join(folder, 'theirs'), secret = join(folder, 'secret'), keep = join(folder, 'keep');
  mkdirSync(theirs);
  chownSync(theirs, www(), www());
  mkdirSync(keep);
  writeFileSync(secret, 'of root\n', { mode: 0o600 });
  const runDir = join(theirs, 'run');
  mkdirSync(runDir);
  chownSync(runDir, www(), www());
  symlinkSync(secret, join(runDir, 'orderzapd.pid'));
  symlinkSync(secret, join(theirs, 'log'));
  symlinkSync(keep, join(theirs, 'dir'));
  for (const [name, settings, says] of [
    ['pid', { RUN_DIR: runDir, LOG_FILE: join(theirs, 'good.log') }, /orderzapd\.pid: cannot open it/],
    ['log', { RUN_DIR: join(theirs, 'other'), LOG_FILE: join(theirs, 'log') }, /LOG_FILE: .*: Permission denied/],
    ['dir', { RUN_DIR: join(theirs, 'dir'), LOG_FILE: join(theirs, 'good.log') }, /orderzapd\.pid: cannot open it: Permission denied/],
    ['below', { RUN_DIR: join(theirs, 'dir/run'), LOG_FILE: join(theirs, 'good.log') }, /cannot make RUN_DIR: Permission denied/],
  ]) {
    const { status, stderr } = await start(name, settings);
    if (status === 0) await stop(settings.RUN_DIR);
    assert.notEqual(status, 0, name);
    assert.match(stderr, says, name);
    assert.equal(readFileSync(secret, 'utf8'), 'of root\n', name);
    for (const path of [secret, keep]) assert.equal(statSync(path).uid, 0, `${name}: ${path}`);
    assert.ok(!existsSync(join(keep, 'run')), name);
  }
});

test('in folders of root it makes the folder and the log for RUN_USER', { skip }, async () => {
  const runDir = join(folder, 'run'), log = join(folder, 'orderzapd.log');
  const { status, stderr } = await start('good', { RUN_DIR: runDir, LOG_FILE: log });
  assert.equal(status, 0, stderr);
  try {
    for (const path of [runDir, log, join(runDir, 'orderzapd.pid'), join(runDir, 'workers.sock')]) assert.equal(statSync(path).uid, www(), path);
  } finally {
    await stop(runDir);
  }
});

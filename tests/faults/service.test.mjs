// orderzapd as its unit starts it: a reload changes settings, each process holds the
// secrets that it needs and no others, every login worker is replaced, and what
// cannot change while it runs stays as it is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectStatus, get } from '../api/lib/client.mjs';
import { isSanitized } from '../api/lib/paths.mjs';
import { isGone, relayOf, workersOf } from '../api/lib/processes.mjs';
import { setEnv } from '../api/lib/settings.mjs';
import { buildDir, root, startStack } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

const canReadMemory = process.getuid() === 0 ? false : 'only root may read the memory of processes that changed their user';
// A sanitizer keeps what was freed and has a copy of the environment.
const canSearchMemory = canReadMemory || (isSanitized() && 'a sanitized build');

let stack;
let server;
before(async () => {
  stack = await startStack();
});
after(async () => {
  if (server && !isGone(server.pid)) {
    server.kill('SIGTERM');
    await until('it has ended', () => isGone(server.pid));
  }
  await stack?.stop();
});

const logged = (pattern) => stack.log().filter((line) => pattern.test(line.msg));

/** The value of a secret as orderzapd gets it: with a password that PostgreSQL here does not ask for. */
const withPassword = (url, password) => url.replace(/^(postgresql:\/\/[a-z_]+)(:[^@]*)?@/, `$1:${password}@`);

const passwords = { DATABASE_ADMIN_URL: 'pwAdmin7Zq', DATABASE_SYNC_URL: 'pwSync8Xv', DATABASE_RELAY_URL: 'pwRelay9Wk', DATABASE_CLEANUP_URL: 'pwClean3Jh' };

/** The lines of a settings file, as systemd's EnvironmentFile= puts them into the environment. */
const environmentOf = (file) => Object.fromEntries(readFileSync(file, 'utf8').split('\n')
  .filter((line) => /^[A-Z_]+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

/** What the unit says: {args, environment}; its settings file is this system's. */
function unit() {
  const text = readFileSync(join(root, 'scripts/host/orderzapd.service'), 'utf8');
  const values = (key) => [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((m) => m[1]);
  const [program, ...args] = values('ExecStart')[0].split(' ');
  assert.equal(program, '/usr/sbin/orderzapd');
  const environment = {};
  for (const file of values('EnvironmentFile')) {
    assert.match(file, /orderzap\.env$/);
    Object.assign(environment, environmentOf(stack.envFile));
  }
  for (const value of values('Environment')) environment[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1);
  return { args, environment };
}

/** Ends what runs and starts orderzapd as the unit does, with more in the environment. */
async function startAsUnit(more = {}) {
  const old = Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));
  process.kill(old, 'SIGTERM');
  await until('the old one has ended', () => isGone(old));
  const { args, environment } = unit();
  const { PATH, ASAN_OPTIONS, UBSAN_OPTIONS } = process.env;
  server = spawn(join(buildDir, 'orderzapd'), ['--config', stack.envFile, ...args],
    { env: { PATH, ASAN_OPTIONS, UBSAN_OPTIONS, ...environment, ...more }, stdio: 'inherit' });
  await until('it serves', async () => (await get(stack, '/health')).status === 200);
  await until('the relay runs', () => relayOf(server.pid));
}

async function reload() {
  const n = logged(/^reloaded/).length;
  const old = [...workersOf(server.pid), relayOf(server.pid)];
  process.kill(server.pid, 'SIGHUP');
  await until('the reload', () => logged(/^reloaded/).length > n);
  await until('new processes', () => old.every(isGone) && relayOf(server.pid));
}

test('started by its unit, a changed setting holds after a reload', async () => {
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 6, LOGIN_WORKERS: 1 });
  await startAsUnit();
  await until('three workers', () => workersOf(server.pid).length === 3);
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 5 });
  await reload();
  await until('six workers', () => workersOf(server.pid).length === 6);
});

test('also where a unit of former times puts the file\'s lines into the environment', async () => {
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 2 });
  await startAsUnit({ ...environmentOf(stack.envFile), PIN_LENGTH: '6' });
  await until('three workers', () => workersOf(server.pid).length === 3);
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 4 });
  await reload();
  await until('five workers', () => workersOf(server.pid).length === 5);
  assert.ok(!logged(/environment overrides/).some((line) => line.setting === 'DATABASE_POOL_MIN'));
  setEnv(stack.envFile, { PIN_LENGTH: 5 });
  await reload();
  assert.equal(logged(/environment overrides/).at(-1).setting, 'PIN_LENGTH', 'an override that changes a setting is logged');
});

/** Those of the texts that the memory of the process holds anywhere. */
function heldBy(pid, texts) {
  const found = new Set();
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const [, from, to, name] of readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(/^([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+ *(.*)$/gm)) {
      const size = Number(BigInt(`0x${to}`) - BigInt(`0x${from}`));
      if (name.startsWith('[v') || size > 2 ** 28) continue; // the kernel's own; address space that is only reserved
      const part = Buffer.alloc(size);
      try {
        readSync(memory, part, 0, size, BigInt(`0x${from}`));
      } catch {
        continue;
      }
      for (const text of texts) if (!found.has(text) && part.includes(text)) found.add(text);
    }
  } finally {
    closeSync(memory);
  }
  return [...found].sort();
}
const memoryHolds = (pid, text) => heldBy(pid, [text]).length > 0;

test('environment and memory of each process hold the secrets that it needs and no others', { skip: canSearchMemory }, async () => {
  const files = { DATABASE_ADMIN_URL: 'admin.env', DATABASE_SYNC_URL: 'sync.env', DATABASE_RELAY_URL: 'relay.env', DATABASE_CLEANUP_URL: 'cleanup.env' };
  const environment = { CONVEX_DEPLOY_KEY: 'keyOfTheMirror5Tr' };
  for (const [key, file] of Object.entries(files)) {
    const path = join(stack.dir, file);
    environment[key] = withPassword(environmentOf(path)[key], passwords[key]);
    setEnv(path, { [key]: environment[key] });
  }
  setEnv(join(stack.dir, 'sync.env'), { CONVEX_DEPLOY_KEY: environment.CONVEX_DEPLOY_KEY });
  setEnv(stack.envFile, { DATABASE_URL: withPassword(environmentOf(stack.envFile).DATABASE_URL, 'pwApp1Mn') });
  const foreign = [...Object.values(passwords), environment.CONVEX_DEPLOY_KEY];
  // As if somebody had put everything into the environment.
  await startAsUnit(environment);
  assert.match(logged(/secret that orderzapd must not hold/).at(-1).setting, /^(DATABASE_|CONVEX_DEPLOY_KEY)/);
  for (const again of [false, true]) {
    if (again) await reload();
    const relay = relayOf(server.pid);
    await until('the relay has its connection', () => memoryHolds(relay, passwords.DATABASE_RELAY_URL));
    for (const pid of [server.pid, relay, ...workersOf(server.pid)]) {
      const given = readFileSync(`/proc/${pid}/environ`, 'latin1');
      for (const secret of foreign) assert.ok(!given.includes(secret), `the environment of ${pid} has ${secret}`);
      const needed = pid === relay ? [passwords.DATABASE_RELAY_URL] : [];
      assert.deepEqual(heldBy(pid, foreign), needed, `the memory of ${pid === relay ? 'the relay' : pid}`);
    }
    assert.ok(workersOf(server.pid).every((pid) => memoryHolds(pid, 'pwApp1Mn')), 'the look into memory finds what is there');
  }
});

test('a secret of others in the settings file: not read, and reported', { skip: canReadMemory }, async () => {
  setEnv(stack.envFile, { DATABASE_ADMIN_URL: 'postgresql://orderzap_owner:pwMisplaced@/orderzap' });
  await reload();
  assert.equal(logged(/is in the settings: move the line/).at(-1).setting, 'DATABASE_ADMIN_URL');
  for (const pid of [server.pid, ...workersOf(server.pid)]) assert.ok(!memoryHolds(pid, 'pwMisplaced'), `${pid}`);
  writeFileSync(stack.envFile, readFileSync(stack.envFile, 'utf8').replace(/^DATABASE_ADMIN_URL=.*\n/m, ''));
});

test('32 login workers run, and a reload replaces every one', async () => {
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 2, LOGIN_WORKERS: 32 });
  await reload();
  await until('34 workers', () => workersOf(server.pid).length === 34);
  await reload();
  await until('34 workers again', () => workersOf(server.pid).length === 34);
  expectStatus(await get(stack, '/health'), 200);
  setEnv(stack.envFile, { LOGIN_WORKERS: 1 });
  await reload();
  await until('one alone', () => workersOf(server.pid).length === 3);
});

test('what cannot change while it runs stays for master, workers and relay; nginx\'s settings are nginx\'s', async () => {
  const before = readFileSync(stack.envFile, 'utf8');
  setEnv(stack.envFile, { RUN_DIR: '/nonexistent', SITE_RATE: 77 });
  await reload();
  try {
    assert.deepEqual(logged(/needs a restart/).map((line) => line.setting), ['RUN_DIR']);
    assert.ok(logged(/orderzapctl site/).some((line) => line.setting === 'SITE_RATE'));
    expectStatus(await get(stack, '/health'), 200);
    // The new relay has the cursor's file of the old folder.
    const relay = relayOf(server.pid), cursor = join(stack.dir, 'run/relay.cursor');
    await until('the relay has its file', () => readdirSync(`/proc/${relay}/fd`).some((fd) => readlinkSync(`/proc/${relay}/fd/${fd}`) === cursor));
  } finally {
    writeFileSync(stack.envFile, before);
    await reload();
  }
});

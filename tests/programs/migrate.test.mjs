// orderzapctl migrate step by step: what delays it, interrupts it or is left over.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hold } from '../api/lib/hold.mjs';
import { buildDir, root } from '../api/lib/paths.mjs';
import { sqlSession } from '../api/lib/sql.mjs';
import { until } from '../api/lib/until.mjs';

const ROWS = 5000;
const EX = { OK: 0, USAGE: 64, SOFTWARE: 70 };

let dir;
const database = {}; // as hold() wants it
let session; // with it
const sql = (query) => session.run(query).map((row) => row.join('|')).join('\n');
const applied = (name) => sql(`SELECT count(*) FROM schema_migrations WHERE name = '${name}'`) === '1';

/** Migrates with what lies in that folder: {child, out(), ended}, which is the exit status or a signal. */
function migrate(from, ...more) {
  const child = spawn(join(buildDir, 'orderzapctl'), ['-d', database.database_url, 'migrate', '--from', from, ...more]);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => { out += part; });
  const ended = new Promise((done) => child.once('close', (status, signal) => done(signal ?? status)));
  return { child, out: () => out, ended };
}

const added = {}; // all that was applied must stay known
/** The product's sources and all further ones so far. */
function sources(files) {
  Object.assign(added, files);
  const from = mkdtempSync(join(dir, 'sql-'));
  for (const kind of ['functions', 'migrations']) {
    mkdirSync(join(from, kind));
    cpSync(join(root, 'sql', kind), join(from, kind), { recursive: true });
  }
  for (const [path, text] of Object.entries(added)) writeFileSync(join(from, `${path}.sql`), text);
  return from;
}

async function fails(run, ...patterns) {
  assert.equal(await run.ended, EX.SOFTWARE, run.out());
  for (const pattern of patterns) assert.match(run.out(), pattern);
}

async function succeeds(run, ...patterns) {
  assert.equal(await run.ended, EX.OK, run.out());
  for (const pattern of patterns) assert.match(run.out(), pattern);
}

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'orderzap-migrate-'));
  chmodSync(dir, 0o755);
  const cluster = (...args) => execFileSync(join(root, 'scripts/cluster'), args,
    { encoding: 'utf8', env: { ...process.env, ORDERZAP_CLUSTER_OPTIONS: 'fsync = off' } }).trim();
  execFileSync('psql', ['-Xqd', cluster('start', join(dir, 'pg')), '-c', 'CREATE DATABASE orderzap']);
  database.database_url = cluster('url', join(dir, 'pg'), 'orderzap');
  database.sqlValue = sql;
  session = sqlSession(database.database_url);
  assert.deepEqual(await migrate(root + '/sql').ended, EX.OK);
  sql(`CREATE TABLE filled (n integer PRIMARY KEY, times integer NOT NULL DEFAULT 0, other integer);
       ALTER TABLE filled OWNER TO orderzap_owner; INSERT INTO filled (n) SELECT generate_series(1, ${ROWS})`);
});
after(() => {
  session?.end();
  execFileSync(join(root, 'scripts/cluster'), ['stop', join(dir, 'pg'), 'immediate']);
  rmSync(dir, { recursive: true, force: true });
});

const batch = (column) => `UPDATE filled f SET times = f.times + 1, ${column} = 1
FROM (SELECT x.n FROM filled x WHERE x.${column} IS NULL LIMIT 100) x WHERE f.n = x.n;`;

test('a step that gets no lock gives up after --wait, says who is in the way, and is done by the next run', async () => {
  const from = sources({ 'migrations/9001_held': 'CREATE TABLE beside ();\nALTER TABLE filled ADD COLUMN held integer;' });
  const reader = await hold(database, 'SELECT count(*) FROM filled');
  await fails(migrate(from, '--wait', '1'), /9001_held: others held locks that it needs for 1 s; the oldest transaction is that of process \d+ \(psql\), open for \d+ s\./,
    /run migrate again when they have ended/);
  assert.equal(sql("SELECT to_regclass('beside') IS NULL"), 't', 'nothing of it was done');
  const patient = migrate(from);
  await until('it waits', () => sql("SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'") === '1');
  assert.equal(sql("SET lock_timeout = '1s'; SELECT count(*) FROM filled"), String(ROWS), 'others pass it');
  await reader.end();
  await succeeds(patient, /1 applied/);
});

test('--wait: seconds', async () => {
  for (const wrong of ['soon', '-1', '1s', '86401']) {
    const run = migrate(sources({}), '--wait', wrong);
    assert.equal(await run.ended, EX.USAGE, run.out());
    assert.match(run.out(), /--wait .*must be a number of seconds/);
  }
});

test('a killed batch goes on where it was, and each row is filled once', async () => {
  const from = sources({ 'migrations/9002_filled': `-- batch\n${batch('other')}` });
  const filled = () => Number(sql('SELECT count(*) FROM filled WHERE other = 1'));
  const first = migrate(from);
  await until('some of it is done', () => filled() > 0);
  first.child.kill('SIGKILL');
  assert.equal(await first.ended, 'SIGKILL', first.out());
  assert.ok(filled() < ROWS && !applied('9002_filled'));
  await succeeds(migrate(from), /applying migration 9002_filled\n[^]*1 applied/);
  assert.equal(sql('SELECT count(*) FROM filled WHERE other = 1 AND times = 1'), String(ROWS));
});

test('a batch without triggers wakes none', async () => {
  const trigger = `ALTER TABLE filled ADD COLUMN quiet integer;
CREATE TRIGGER nobody BEFORE UPDATE ON filled FOR EACH ROW EXECUTE FUNCTION refuse_change('filled');`;
  const from = sources({ 'migrations/9003_guard': trigger, 'migrations/9004_quiet': `-- batch without triggers\n${batch('quiet')}` });
  await succeeds(migrate(from), /2 applied/);
  assert.equal(sql('SELECT count(*) FROM filled WHERE quiet = 1'), String(ROWS));
  const loud = sources({ 'migrations/9005_loud': '-- batch\nUPDATE filled f SET other = 2 WHERE f.n = 1;' });
  await fails(migrate(loud), /9005_loud.*filled/);
  delete added['migrations/9005_loud'];
});

test('half an index that a lost connection has left is made again', async () => {
  const from = sources({ 'migrations/9006_index': '-- alone\nCREATE INDEX CONCURRENTLY filled_times ON filled (times);' });
  const reader = await hold(database, "INSERT INTO filled (n) VALUES (0)");
  const run = migrate(from);
  await until('half of it is there', () => sql("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('filled_times') AND NOT indisvalid") === '1');
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'orderzapctl'");
  await fails(run, /9006_index/);
  await reader.end();
  await succeeds(migrate(from), /1 applied/);
  assert.equal(sql("SELECT i.indisvalid, r.rolname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_roles r ON r.oid = c.relowner WHERE c.relname = 'filled_times'"),
    't|orderzap_owner');
});

test('a run whose connection is lost ends, and makes nothing as the superuser', async () => {
  const from = sources({
    'migrations/9007_lost': 'CREATE TABLE lost ();\nSELECT pg_terminate_backend(pg_backend_pid()) WHERE current_setting(\'application_name\') = \'orderzapctl\' AND NOT EXISTS (SELECT FROM filled f WHERE f.n = -1);',
    'migrations/9008_after': 'CREATE TABLE after_it ();',
  });
  await fails(migrate(from), /9007_lost/);
  assert.equal(sql("SELECT count(*) FROM pg_class WHERE relname IN ('lost', 'after_it')"), '0');
  sql('INSERT INTO filled (n) VALUES (-1)');
  await succeeds(migrate(from), /2 applied/);
  assert.equal(sql("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relname IN ('lost', 'after_it') AND r.rolname = 'orderzap_owner'"), '2');
});

test('a function goes live with the migration that names it, a changed one after them all', async () => {
  const asks = (name, value) => `CREATE OR REPLACE FUNCTION public.${name}() RETURNS text LANGUAGE sql STABLE AS $$ SELECT '${value}' $$;`;
  await succeeds(migrate(sources({ 'functions/asks_a': asks('asks_a', 'old'), 'functions/asks_b': asks('asks_b', 'old') })), /2 applied/);
  const from = sources({
    'functions/asks_a': 'CREATE OR REPLACE FUNCTION public.asks_a() RETURNS text LANGUAGE sql STABLE AS $$ SELECT max(a.new_column) FROM public.asked a $$;',
    'functions/asks_b': asks('asks_b', 'new'),
    'functions/asks_c': asks('asks_c', 'new'),
    'migrations/9009_asked': "CREATE TABLE asked (new_column text);\nINSERT INTO asked VALUES ('new');\n-- function asks_a\nINSERT INTO asked SELECT asks_a() || asks_b() || asks_c();",
    'migrations/9010_after': 'INSERT INTO asked SELECT asks_b();',
  });
  await succeeds(migrate(from), /^applying function asks_c\napplying migration 9009_asked\napplying function asks_a\napplying migration 9010_after\napplying function asks_b\n5 applied/m);
  assert.equal(sql("SELECT string_agg(a.new_column, ',') FROM asked a"), 'new,newoldnew,old');
});

test('on an empty database a function comes before the first migration that calls it, though a later one names it', async () => {
  const answers = (value) => `CREATE OR REPLACE FUNCTION public.asks_d() RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN ${value}; END $$;`;
  const from = sources({
    'functions/asks_d': answers('(SELECT min(s.word) FROM public.spoken s)'),
    'migrations/9011_called': 'CREATE TABLE calling (word text DEFAULT asks_d());',
    'migrations/9012_named': "CREATE TABLE spoken (word text);\nINSERT INTO spoken VALUES ('said');\n-- function asks_d\nINSERT INTO calling DEFAULT VALUES;",
  });
  await succeeds(migrate(from), /^applying function asks_d\napplying migration 9011_called\napplying migration 9012_named\napplying function asks_d\n/m);
  assert.equal(sql('SELECT c.word FROM calling c'), 'said');
});

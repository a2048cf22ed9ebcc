// convex/ as a project: it type-checks, its generated files are up to date, and
// it offers clients nothing but queries.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bundleFunctions, functionsDir, modulesDir, root, workFolder } from './lib/modules.mjs';
import { documentOf, entities, tableOf } from './lib/samples.mjs';

// Not cpSync: the source, and then its copy, may be read-only.
function copyFolder(from, to) {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyFolder(join(from, entry.name), join(to, entry.name));
    else writeFileSync(join(to, entry.name), readFileSync(join(from, entry.name)));
  }
}

// The packages are looked up from a copy's place, and codegen writes into it.
function copyProject(t) {
  const { dir, remove } = workFolder();
  t.after(remove);
  copyFolder(functionsDir, join(dir, 'convex'));
  writeFileSync(join(dir, 'package.json'), readFileSync(join(modulesDir, 'package.json')));
  return dir;
}

/** A package's program; {status, output}. */
function run(cwd, program, ...args) {
  return new Promise((done) => {
    execFile(process.execPath, [join(modulesDir, 'node_modules', program), ...args], { cwd, env: { ...process.env, CI: '1' } },
      (error, stdout, stderr) => done({ status: error ? error.code ?? 1 : 0, output: stdout + stderr }));
  });
}

const read = (dir) => Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));

test('convex/ type-checks', async (t) => {
  const dir = copyProject(t);
  const { status, output } = await run(dir, 'typescript/bin/tsc', '-p', 'convex');
  assert.equal(status, 0, output);
});

// Unlike Convex's libraries; without it deploying is not possible, either.
const noProgram = Number(process.versions.node.split('.')[0]) < 20 && "Convex's program needs Node.js 20";

test('convex/_generated is what codegen makes', { skip: noProgram }, async (t) => {
  const dir = copyProject(t);
  rmSync(join(dir, 'convex/_generated'), { recursive: true });
  const { status, output } = await run(dir, 'convex/bin/main.js', 'codegen', '--system-udfs', '--typecheck', 'disable');
  assert.equal(status, 0, output);
  assert.deepEqual(read(join(functionsDir, '_generated')), read(join(dir, 'convex/_generated')));
});

test('clients may query and nothing else; the sync is internal', async (t) => {
  const { modules, remove } = await bundleFunctions();
  t.after(remove);
  const found = {};
  for (const [path, importModule] of Object.entries(modules)) {
    for (const [name, fn] of Object.entries(await importModule())) {
      if (typeof fn !== 'function' || !(fn.isQuery || fn.isMutation || fn.isAction)) continue;
      const kind = fn.isQuery ? 'query' : fn.isMutation ? 'mutation' : 'action';
      found[`${path.replace(/^convex\/|\.js$/g, '')}:${name}`] = `${fn.isInternal ? 'internal' : 'public'} ${kind}`;
    }
  }
  assert.deepEqual(found, {
    'businessDays:list': 'public query',
    'drawers:byDay': 'public query',
    'menuCategories:list': 'public query',
    'menuItemOptions:byItem': 'public query',
    'menuItems:list': 'public query',
    'orderItems:kitchen': 'public query',
    'orders:bySession': 'public query',
    'orders:get': 'public query',
    'orders:live': 'public query',
    'payments:bySession': 'public query',
    'receipts:bySession': 'public query',
    'sessions:current': 'public query',
    'sync:applyBatch': 'internal mutation',
    'sync:reapTombstones': 'internal mutation',
    'sync:versions': 'internal query',
    'tables:list': 'public query',
  });
});

test('the samples of the tests have every field of the schema', async (t) => {
  const { schema, remove } = await bundleFunctions();
  t.after(remove);
  for (const entity of entities) {
    const fields = Object.keys(schema.tables[tableOf[entity]].validator.fields);
    const sample = Object.keys(documentOf(entity, 1, 1, entity === 'session' ? { closedAt: 1 } : {}));
    assert.deepEqual(sample.sort(), fields.sort(), entity);
  }
});

test('every mirrored table can be searched by its key', async (t) => {
  const { schema, remove } = await bundleFunctions();
  t.after(remove);
  for (const entity of entities) {
    const indexes = Object.fromEntries(schema.tables[tableOf[entity]][' indexes']().map((i) => [i.indexDescriptor, i.fields]));
    assert.deepEqual(indexes.by_pg_id, ['pgId'], entity);
    assert.deepEqual(indexes.by_restaurant_pg_id, ['restaurantId', 'pgId'], entity);
  }
});

/** The values that a column allows: by a CHECK of its own or its domain's, the last one where there are several. */
function allowedOf(sql, table, column) {
  const statements = sql.match(new RegExp(`(CREATE|ALTER) TABLE ${table}\\b[^;]*;`, 'g')).join('\n');
  const type = statements.match(new RegExp(`^\\s+${column} (\\w+)`, 'm'))[1];
  const own = statements.matchAll(new RegExp(`CHECK \\(${column} IN \\(([^)]*)\\)\\)`, 'g'));
  const domain = sql.matchAll(new RegExp(`CREATE DOMAIN ${type} AS text CHECK \\(VALUE IN \\(([^)]*)\\)\\)`, 'g'));
  return [...domain, ...own].at(-1)[1].split(',').map((text) => text.trim().slice(1, -1)).sort();
}

test('the states of PostgreSQL are those of the mirror', async (t) => {
  const { schema, remove } = await bundleFunctions();
  t.after(remove);
  const dir = join(root, 'sql/migrations');
  const sql = readdirSync(dir).sort().map((name) => readFileSync(join(dir, name), 'utf8')).join('\n');
  const fieldsOf = (name) => schema.tables[name].validator.fields;
  const [orders, sessions, payments, receipts] = ['orders', 'sessions', 'payments', 'receipts'].map(fieldsOf);
  const pairs = [
    ['orders', 'status', orders.status], ['orders', 'payment_status', orders.paymentStatus], ['orders', 'order_type', orders.orderType],
    ['order_items', 'status', orders.items.element.fields.status],
    ['sessions', 'status', sessions.status], ['sessions', 'opened_by', sessions.openedBy],
    ['payments', 'method', payments.method], ['payments', 'flag', payments.flag],
    ['receipts', 'kind', receipts.kind],
  ];
  for (const [table, column, validator] of pairs) {
    assert.deepEqual(validator.members.map((m) => m.value).sort(), allowedOf(sql, table, column), `${table}.${column}`);
  }
});

// docs/openapi.yaml: two linters are content with it, and it says what the
// sources say, no more and no less.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { document, file, parametersOf } from '../api/lib/document.mjs';
import { packages } from '../api/lib/paths.mjs';
import { root } from '../api/lib/paths.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

// ---- The linters

const linters = {
  redocly: ['@redocly/cli/bin/cli.js', 'lint', '--config', join(root, 'docs/tools/redocly.yaml')],
  spectral: ['@stoplight/spectral-cli/dist/index.js', 'lint', '--ruleset', join(root, 'docs/tools/spectral.yaml'), '--fail-severity=hint'],
};

/** {status, output} of a linter. */
function lint(name, path) {
  const [program, ...args] = linters[name];
  return promisify(execFile)('node', [packages.resolve(program), ...args, path], { env: { ...process.env, REDOCLY_TELEMETRY: 'off', NODE_NO_WARNINGS: '1' } })
    .then(({ stdout, stderr }) => ({ status: 0, output: stdout + stderr }), ({ code, stdout, stderr }) => ({ status: code, output: stdout + stderr }));
}

for (const name of Object.keys(linters)) {
  test(`${name} finds nothing`, async () => {
    const { status, output } = await lint(name, file);
    assert.equal(status, 0, output);
  });

  test(`${name} finds what is wrong`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orderzap-lint-'));
    try {
      const broken = join(folder, 'openapi.yaml');
      writeFileSync(broken, readFileSync(file, 'utf8').replace('operationId: getMe\n', 'operationId: getMenu\n'));
      assert.notEqual((await lint(name, broken)).status, 0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

// ---- The route table

/** The names of roles that an expression of the route table means. */
function rolesOf(expression) {
  const bits = Object.fromEntries([...read('src/domain/principal.h').matchAll(/(ROLES?_\w+) = ([^,\n]+)/g)].map(([, name, value]) => [name, value]));
  const defined = Object.fromEntries([...read('src/api/routes.c').matchAll(/#define (\w+) +(.+)/g)].map(([, name, value]) => [name, value]));
  const names = expression.replace(/[()]/g, '').split('|').map((s) => s.trim());
  return names.flatMap((name) => {
    const meaning = defined[name] ?? bits[name];
    assert.ok(meaning !== undefined, name);
    if (meaning === '0') return [];
    return meaning.startsWith('1 <<') ? [name.replace('ROLE_', '').toLowerCase()] : rolesOf(meaning);
  });
}

const rows = read('src/api/routes.def').split('\n').filter((line) => line.startsWith('ROUTE')).map((line) => {
  const [method, pattern, tenant, roles, , body, flags, ...rest] = line.replace(/^\w+\(|\)$/g, '').split(', ').map((s) => s.replaceAll('"', ''));
  const handler = rest.pop(), query = rest.pop() ?? 'NULL';
  return { method, pattern, tenant, roles: rolesOf(roles), body, keyed: flags.includes('ROUTE_KEYED'), query, handler, name: `${method} ${pattern}` };
});
const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).filter(([method]) => method !== 'parameters')
  .map(([method, operation]) => ({ ...operation, path, method, name: `${method.toUpperCase()} ${path}`, parameters: parametersOf(path, method) })));
const operationOf = Object.fromEntries(operations.map((o) => [o.name, o]));

test('every route is described, and nothing else is', () => {
  assert.ok(rows.length >= 50);
  assert.deepEqual(operations.map((o) => o.name).sort(), rows.map((r) => r.name).sort());
});

for (const row of rows) {
  test(`as in the route table: ${row.name}`, () => {
    const o = operationOf[row.name];
    assert.ok(o, 'is not described');
    const isPublic = row.tenant !== 'TENANT_TOKEN', named = (place, name) => o.parameters.some((p) => p.in === place && p.name === name);
    assert.deepEqual([...o['x-roles']].sort(), isPublic ? [] : [...row.roles].sort());
    assert.deepEqual(o.security, isPublic ? [] : [{ bearer: [] }]);
    assert.equal(named('header', 'Idempotency-Key'), row.keyed, 'Idempotency-Key');
    assert.equal(o.requestBody?.required, { BODY_NONE: undefined, BODY_REQUIRED: true, BODY_OPTIONAL: false }[row.body], 'the body');
    assert.deepEqual(o.parameters.filter((p) => p.in === 'path').map((p) => `{${p.name}}`).sort(), [...row.pattern.matchAll(/\{\w+\}/g)].map(([m]) => m).sort());
    if (named('header', 'If-Match')) assert.ok(o.responses[412], 'If-Match without 412');
  });
}

// ---- Query parameters, by the tables of fields

/** A number, or an enum's constant of the file. */
const valueOf = (word = '', source) => Number(/^\d/.test(word) ? word : source.match(new RegExp(`\\b${word} = (\\d+)`))?.[1]);

/** Where lists of choices stand that several subjects share. */
const shared = ['domain/account', 'domain/order_state', 'domain/principal', 'api/orders/input'].map((name) => read(`src/${name}.c`)).join('');

/** An entry of a table of fields, as the C source writes it. */
function fieldOf(text, source) {
  const name = text.match(/\.name = "(\w+)"/)?.[1] ?? text.match(/AT\((?:\w+, )?(\w+)\)/)[1];
  const number = (member) => Number(text.match(new RegExp(`\\.${member} = (\\d+)`))?.[1]);
  const choices = text.match(/\.choices = (\w+)/)?.[1];
  return { name, type: text.match(/FIELD_\w+/)[0], min: number('min'), max: valueOf(text.match(/\.max = (\w+)/)?.[1], source), required: text.includes('.required = true'),
    choices: choices && [...(source + shared).match(new RegExp(`\\b${choices}\\[[^\\]]*\\] = \\{([^}]*)\\}`))[1].matchAll(/"(\w+)"/g)].map(([, c]) => c) };
}

// The rows of src/api/paging.h.
const paging = Object.fromEntries(['LIMIT', 'CURSOR'].map((name) => {
  const source = read('src/api/paging.h');
  return [`{PAGING_${name}}`, fieldOf(source.match(new RegExp(`#define PAGING_${name}\\s[^\n]*\n(.*)`))[1], source)];
}));
const queries = Object.fromEntries(readdirSync(join(root, 'src/api'), { recursive: true }).filter((name) => name.endsWith('.c')).flatMap((name) => {
  const source = read(`src/api/${name}`);
  return [...source.matchAll(/const struct query_spec (\w+) = \{FIELDS\((\w+)\)/g)].map(([, spec, table]) => {
    const body = source.match(new RegExp(`struct field ${table}\\[\\] = \\{([\\s\\S]*?)\\};`))[1];
    return [spec, [...body.matchAll(/\{(?:[^{}])*\}/g)].map(([entry]) => paging[entry] ?? fieldOf(entry, source))];
  });
}));

const schemaOf = ({ schema }) => (schema.$ref ? document.components.schemas[schema.$ref.split('/').pop()] : schema);

for (const row of rows) {
  test(`the query of ${row.name}`, () => {
    const fields = row.query === 'NULL' ? [] : queries[row.query];
    const parameters = operationOf[row.name].parameters.filter((p) => p.in === 'query');
    assert.ok(fields, `${row.query} was not found`);
    assert.deepEqual(parameters.map((p) => p.name).sort(), fields.map((f) => f.name).sort());
    for (const field of fields) {
      const parameter = parameters.find((p) => p.name === field.name), schema = schemaOf(parameter);
      assert.equal(parameter.required ?? false, field.required ?? false, field.name);
      if (field.type === 'FIELD_INT') assert.deepEqual([schema.type, schema.minimum, schema.maximum], ['integer', field.min, field.max], field.name);
      if (field.type === 'FIELD_BOOL') assert.equal(schema.type, 'boolean', field.name);
      if (field.type === 'FIELD_UUID') assert.equal(schema.format, 'uuid', field.name);
      if (field.type === 'FIELD_DATE') assert.equal(schema.format, 'date', field.name);
      if (field.type === 'FIELD_LINE' && field.max) assert.deepEqual([schema.minLength, schema.maxLength], [field.min, field.max], field.name);
      if (field.type === 'FIELD_TIME') assert.equal(schema.format, 'date-time', field.name);
      if (field.type === 'FIELD_CHOICES') assert.equal(schema.pattern, `^(${field.choices.join('|')})(,(${field.choices.join('|')}))*$`, field.name);
      if (field.type === 'FIELD_CHOICE') assert.deepEqual(schema.enum, field.choices, field.name);
    }
  });
}

// ---- The codes of errors

const { enum: known, 'x-codes': meanings } = document.components.schemas.ProblemCode;
const ours = [...read('src/base/err.def').matchAll(/^ERR\(\w+, "(\w+)", (\d+), "(.*)"\)/gm)].map(([, code, status, title]) => [code, [Number(status), title]]);
const ofNginx = [...read('nginx/site.conf.in').matchAll(/"title":"([^"]+)","status":(\d+),.*"code":"(\w+)"/g)].map(([, title, status, code]) => [code, [Number(status), title]]);

test('the codes are those of base/err.def and of nginx', () => {
  assert.ok(ours.length > 40 && ofNginx.length > 10);
  const here = { ...Object.fromEntries(ofNginx), ...Object.fromEntries(ours) };
  assert.deepEqual([...known].sort(), Object.keys(here).sort());
  assert.deepEqual(Object.keys(meanings), known);
  for (const [code, meaning] of Object.entries(here)) assert.deepEqual(meanings[code], meaning, code);
});

test('every code is one that some operation answers', () => {
  const text = JSON.stringify([document.paths, document.components.responses, document.components.schemas.TotalChanged, document.components.schemas.DayNotSettled]);
  // No operation: 405 is any other method's.
  assert.deepEqual(known.filter((code) => !text.includes(`"${code}"`)), ['method_not_allowed']);
});

test('a response names the codes of its status only', () => {
  const codesIn = (value) => (value === null || typeof value !== 'object' ? [] : Array.isArray(value) ? value.flatMap(codesIn)
    : [...(value.properties?.code?.enum ?? []), ...Object.values(value).flatMap(codesIn)]);
  for (const { name, responses } of operations) {
    for (const [status, given] of Object.entries(responses)) {
      const response = given.$ref ? document.components.responses[given.$ref.split('/').pop()] : given;
      for (const code of codesIn(response.content)) assert.ok(status === 'default' || String(meanings[code][0]) === status, `${name}: ${status} ${code}`);
    }
  }
});

// The validator that the API's tests run their exchanges through: what it lets
// pass, and what it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check, misfits } from '../api/lib/document.mjs';

const id = '018cc251-f400-7104-8000-000000000101';
const answer = (status, json, headers = {}) => ({ status, json, text: json === undefined ? '' : JSON.stringify(json),
  headers: new Headers({ 'x-request-id': 'x', ...(json !== undefined && { 'content-type': 'application/json' }), ...headers }) });
const problem = (status, code, { headers = {}, ...more } = {}) => answer(status, { type: 'about:blank', title: 'x', status, detail: 'x', code, request_id: 'x', errors: [], ...more },
  { 'content-type': 'application/problem+json', ...headers });
const health = { status: 'ok', version: '1', database: 'ok', sync: { status: 'off' } };
const bulk = (changes) => ['POST', '/api/menu/bulk', changes && JSON.stringify({ changes }), answer(200, { changed: 1 })];

const fits = {
  'an answer as described': ['GET', '/health', undefined, answer(200, health)],
  'HEAD, without a body': ['HEAD', '/health', undefined, answer(200, undefined, { 'content-type': 'application/json' })],
  'a body as described': bulk([{ id, price: 1 }]),
  'a problem of the operation': ['POST', '/api/orders', '{}', problem(409, 'order_exists')],
  'a problem of any operation': ['GET', '/health', undefined, problem(500, 'internal_error')],
  'a path that is not there': ['GET', '/api/nothing', undefined, problem(404, 'not_found')],
  'an id that is none': ['GET', '/api/orders/17', undefined, problem(404, 'not_found')],
  'a method that is not there': ['PUT', '/health', undefined, problem(405, 'method_not_allowed', { headers: { allow: 'GET, HEAD' } })],
  'a preflight': ['OPTIONS', '/health', undefined, answer(204)],
};
const misfitting = {
  'a property too many': [/additional properties/, 'GET', '/health', undefined, answer(200, { ...health, more: 1 })],
  'a property too few': [/required property/, 'GET', '/health', undefined, answer(200, { status: 'ok' })],
  'a wrong value': [/\/status must be/, 'GET', '/health', undefined, answer(200, { ...health, status: 'well' })],
  'a status that is not listed': [/not listed/, 'GET', '/health', undefined, answer(202, health)],
  'another content type': [/is text\/html/, 'GET', '/health', undefined, answer(200, health, { 'content-type': 'text/html' })],
  'a body where none is': [/has a body/, 'DELETE', `/api/tables/${id}`, undefined, answer(204, {})],
  'a header too few': [/ETag is missing/, 'GET', `/api/tables/${id}`, undefined, answer(200, {})],
  'a code of another operation': [/\/code must be/, 'GET', '/api/staff', undefined, problem(403, 'forbidden_field')],
  'a code of nobody': [/must be/, 'GET', '/health', undefined, problem(500, 'went_wrong')],
  'a problem with a member too many': [/additional properties/, 'GET', '/api/staff', undefined, problem(403, 'insufficient_role', { sql: 'SELECT' })],
  'a refusal without Retry-After': [/Retry-After is missing/, 'GET', '/health', undefined, problem(429, 'rate_limited')],
  'a new total without its figures': [/must/, 'POST', '/api/orders', '{}', problem(409, 'total_changed')],
  'an answer where no path is': [/none that may be given/, 'GET', '/api/nothing', undefined, answer(200, {})],
  'an Allow with too little': [/Allow/, 'PUT', '/health', undefined, problem(405, 'method_not_allowed', { headers: { allow: 'GET' } })],
  'a taken body that is not described': [/fewer than 1/, ...bulk([])],
  'a taken body with a field too many': [/additional properties/, ...bulk([{ id, price: 1, name: 'x' }])],
  'a taken request without its body': [/left out/, ...bulk(undefined)],
  'a taken parameter that is not described': [/parameter/, 'GET', '/health?x=1', undefined, answer(200, health)],
};

for (const [what, exchange] of Object.entries(fits)) test(`fits: ${what}`, () => assert.doesNotThrow(() => check(...exchange)));
for (const [what, [fault, ...exchange]] of Object.entries(misfitting)) {
  test(`does not fit: ${what}`, () => {
    const before = misfits.length;
    assert.throws(() => check(...exchange), fault);
    assert.equal(misfits.length, before + 1);
  });
}

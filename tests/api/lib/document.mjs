// docs/openapi.yaml, and whether an exchange with the server fits it.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, packages, root } from './paths.mjs';

const Ajv = packages('ajv/dist/2020').default, addFormats = packages('ajv-formats').default;

export const file = join(root, 'docs/openapi.yaml');

/** Parsing so much YAML takes most of a second: a build keeps the result, named after its source. */
function readDocument() {
  const text = readFileSync(file, 'utf8');
  const kept = join(buildDir, `openapi-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`);
  try {
    return JSON.parse(readFileSync(kept, 'utf8'));
  } catch {
    const read = packages('yaml').parse(text);
    writeFileSync(`${kept}.${process.pid}`, JSON.stringify(read));
    renameSync(`${kept}.${process.pid}`, kept);
    return read;
  }
}
export const document = readDocument();

const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, logger: false });
addFormats(ajv);
// The document as a whole is no schema: its own keys mean nothing to ajv.
ajv.addVocabulary([...Object.keys(document), 'x-codes']);
ajv.addSchema(document, 'openapi');

const escape = (key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

const places = new Map();
/** A place in the document, its references followed: {pointer, value}. */
function place(pointer, ...keys) {
  const asked = [pointer, ...keys.map(escape)].join('/');
  if (places.has(asked)) return places.get(asked);
  let value = document, at = '';
  for (const key of asked.split('/').slice(1)) {
    value = value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
    at += `/${key}`;
    if (value?.$ref) ({ pointer: at, value } = place(value.$ref.slice(1)));
  }
  places.set(asked, { pointer: at, value });
  return places.get(asked);
}

const compiled = new Map();
/** What is wrong with a value by the schema there, null if nothing. */
function faultOf(pointer, value) {
  if (!compiled.has(pointer)) compiled.set(pointer, ajv.compile({ $ref: `openapi#${pointer.replaceAll(/[{}^"% ]/g, encodeURIComponent)}` }));
  const validate = compiled.get(pointer);
  if (validate(value)) return null;
  const { instancePath, message, params } = validate.errors[0];
  return `${instancePath || '(all)'} ${message} ${JSON.stringify(params)}`;
}

// ---- Finding the operation

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
/** Paths without parameters come first, as /api/sessions/current. */
const paths = Object.keys(document.paths).sort((a, b) => a.split('{').length - b.split('{').length).map((path) => ({ path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[a-z_]*id\}/g, uuid).replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`) }));

/** {path, method, operation} of a request; path undefined where the document has none, operation where it has no such method. */
export function find(method, url) {
  const sent = url.split('?')[0];
  const path = sent.includes('%') ? undefined : paths.find(({ pattern }) => pattern.test(sent))?.path; // nginx serves nothing at one that is escaped
  const name = (method === 'HEAD' ? 'GET' : method).toLowerCase();
  return { path, method: name, operation: path && document.paths[path][name] };
}

/** The methods that a path takes, as in Allow. */
const allowed = (path) => Object.keys(document.paths[path]).filter((m) => m !== 'parameters').flatMap((m) => (m === 'get' ? ['GET', 'HEAD'] : [m.toUpperCase()]));

/** The operation's parameters and its path's. */
export const parametersOf = (path, method) => ['parameters', `${method}/parameters`].flatMap((key) => {
  const { pointer, value = [] } = place(`/paths/${escape(path)}/${key}`);
  return value.map((_, i) => place(pointer, i).value);
});

// ---- Judging

const isProblem = (answer, status, code) => answer.status === status && answer.json?.code === code && !faultOf('/components/schemas/Problem', answer.json);
const anybody = place('/components/responses/Otherwise').pointer;

/** The schema of answers that are not an operation's own: not found, not allowed, or what any request may meet. */
function judgeElsewhere(path, method, answer) {
  if (!path && isProblem(answer, 404, 'not_found')) return null;
  if (path && method === 'options' && answer.status === 204) return null;
  if (path && isProblem(answer, 405, 'method_not_allowed')) {
    const allow = answer.headers.get('allow').split(', ');
    return allow.sort().join() === allowed(path).sort().join() || method === 'trace' ? null : `Allow is ${allow}`;
  }
  for (const name of ['Malformed', 'TooMany', 'UnavailableOrUnknown', 'Otherwise'])
    if (!judgeContent(`/components/responses/${name}`, answer)) return null;
  return 'is none that may be given here';
}

function judgeHeaders(pointer, headers, answer) {
  for (const name of Object.keys(headers ?? {})) {
    const header = place(`${pointer}/headers`, name), text = answer.headers.get(name);
    if (text === null && header.value.required) return `the header ${name} is missing`;
    if (text === null) continue;
    const fault = faultOf(place(header.pointer, 'schema').pointer, header.value.schema.type === 'integer' ? Number(text) : text);
    if (fault) return `the header ${name}: ${fault}`;
  }
  return null;
}

/** JSON lines: the schema is of each. */
function judgeLines(pointer, text) {
  if (!text.endsWith('\n')) return 'does not end with a line feed';
  for (const line of text.slice(0, -1).split('\n')) {
    const fault = faultOf(pointer, JSON.parse(line));
    if (fault) return `${fault} in ${line.slice(0, 500)}`;
  }
  return null;
}

function judgeContent(pointer, answer) {
  const { content } = place(pointer).value, type = answer.headers.get('content-type')?.split(';')[0];
  if (!content) return answer.text === '' ? null : 'has a body';
  if (!content[type]) return `is ${type}`;
  if (type === 'application/x-ndjson') return judgeLines(place(`${pointer}/content`, type, 'schema').pointer, answer.text);
  if (!type.endsWith('json')) return null;
  return faultOf(place(`${pointer}/content`, type, 'schema').pointer, answer.json);
}

function judgeAnswer(base, method, answer) {
  const status = [String(answer.status), 'default'].find((s) => place(`${base}/responses`, s).value);
  const { pointer, value } = place(`${base}/responses`, status ?? 'default');
  if (!value || (pointer === anybody && answer.status < 400)) return 'has a status that is not listed';
  return judgeHeaders(pointer, value.headers, answer) ?? (method === 'HEAD' ? null : judgeContent(pointer, answer));
}

/** What was accepted must be what the document allows to be sent. */
function judgeRequest(base, path, method, url, payload) {
  const known = parametersOf(path, method).filter((p) => p.in === 'query').map((p) => p.name);
  const unknown = [...new URLSearchParams(url.split('?')[1]).keys()].find((name) => !known.includes(name));
  if (unknown) return `the parameter ${unknown} is not described`;
  const { pointer, value } = place(`${base}/requestBody`);
  if (payload === undefined || payload.length === 0) return value?.required ? 'the body was left out' : null;
  if (!value) return 'there was a body';
  return faultOf(place(`${pointer}/content`, 'application/json', 'schema').pointer, JSON.parse(payload));
}

/** What did not fit so far: a test may have caught the error along with others that it expected. */
export const misfits = [];

/** Throws if an exchange does not fit the document. payload: the body as it was sent. */
export function check(method, url, payload, answer) {
  const { path, method: name, operation } = find(method, url);
  const base = operation && `/paths/${escape(path)}/${name}`;
  const tell = (what, fault) => {
    misfits.push(`${method} ${url}: ${operation?.operationId ?? path ?? 'no path'}: ${what} ${fault}`);
    throw new Error(`docs/openapi.yaml: ${misfits.at(-1)}\n${answer.text.slice(0, 2000)}`);
  };
  const fault = operation ? judgeAnswer(base, method, answer) : judgeElsewhere(path, name, answer);
  if (fault) tell(`the answer ${answer.status}`, fault);
  const requestFault = operation && answer.status < 300 ? judgeRequest(base, path, name, url, payload) : null;
  if (requestFault) tell('the request was taken, but', requestFault);
}

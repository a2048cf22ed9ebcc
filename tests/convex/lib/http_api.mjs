// The HTTP interface: POST /api/query, mutation, action, function and run.
import { HttpError } from './errors.mjs';
import { ADMIN } from './functions.mjs';
import { BODY_BYTES_MAX, hasLoneSurrogate } from './limits.mjs';
import { load } from './modules.mjs';
import { answerNull } from './null_mode.mjs';

const { jsonToConvex } = await load('convex/values');
const formats = ['json', 'convex_encoded_json', 'convex_json', 'convex_clean_json'];
const badBody = (message) => new HttpError(400, 'BadJsonBody', message);

/** The request's whole body; what is beyond the limit is read and forgotten. */
export async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return { bytes: size, body: size <= BODY_BYTES_MAX ? Buffer.concat(chunks) : undefined };
}

function checkHeaders(headers) {
  const client = headers['convex-client'];
  if (client !== undefined && !/^[A-Za-z][\w.]*(-[\w.]+)*-\d+\.\d+\.\d+(-[\w.]+)*$/.test(client)) {
    throw new HttpError(400, 'InvalidClientVersion', `Failed to parse client version string: '${client}'.`);
  }
  if (!/^application\/([^;]*\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    throw badBody('Expected request with `Content-Type: application/json`');
  }
}

function parseBody(body) {
  if (body === undefined) throw badBody('Failed to buffer the request body: length limit exceeded');
  let text;
  let json;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    json = JSON.parse(text);
  } catch (error) {
    throw badBody(`Failed to parse the request body as JSON: ${error.message}`);
  }
  const isSuspect = /\\ud[89a-f]/i.test(text); // UTF-8 itself has no surrogates
  if (isSuspect && hasLoneSurrogate(json)) throw badBody('Failed to parse the request body as JSON: lone leading surrogate in hex escape');
  return json;
}

// {kind, path, args, format} of a call.
function readCall(route, json) {
  let kind = 'any';
  let path = json?.path;
  if (['query', 'mutation', 'action'].includes(route)) kind = route;
  else if (route.startsWith('run/')) path = route.slice(4).replace(/\/([^/]*)$/, ':$1');
  else if (route !== 'function') throw new HttpError(404, 'NotFound', 'There is no such route.');
  const { args, format = 'json' } = json ?? {};
  if (typeof path !== 'string' || typeof args !== 'object' || args === null) {
    throw badBody('Failed to deserialize the JSON body into the target type: missing field');
  }
  if (!formats.includes(format)) throw new HttpError(400, 'BadFormat', `format param must be one of [\`json\`]. Got ${format}`);
  return { kind, path, args, format };
}

// Plain JSON of Convex's encoding: what JSON cannot say becomes a text.
function plain(json) {
  if (Array.isArray(json)) return json.map(plain);
  if (typeof json !== 'object' || json === null) return json;
  const names = Object.keys(json);
  if (names.length !== 1 || !names[0].startsWith('$')) return Object.fromEntries(names.map((name) => [name, plain(json[name])]));
  const value = jsonToConvex(json);
  return value instanceof ArrayBuffer ? json.$bytes : String(value);
}

function encode(answer, format) {
  if (format === 'convex_encoded_json' || format === 'convex_json') return answer;
  const out = { ...answer };
  for (const name of ['value', 'errorData']) if (name in out) out[name] = plain(out[name]);
  return out;
}

// Before or instead of the call; false: nothing is to be answered.
async function before(fault, faults, response) {
  if (fault?.kind === 'drop_before') response.socket.destroy();
  if (fault?.kind === 'drop_before' || fault?.kind === 'hang') return false;
  if (fault?.kind === 'delay') await new Promise((done) => setTimeout(done, fault.ms ?? 1000));
  if (fault?.kind === 'hold') await faults.hold();
  if (fault?.kind === 'hold' && fault.drop) response.socket.destroy();
  return !fault?.drop;
}

const faultBody = (fault) => fault.body ?? { code: fault.code ?? 'Fault', message: fault.message ?? fault.code ?? 'Fault' };

/** {functions, callers, faults, journal, mode, committed}. Gives the handler of a POST. */
export function makeApi({ functions, callers, faults, journal, mode, committed }) {
  async function answer(call, caller) {
    if (mode.isNull) {
      if (caller !== ADMIN) throw new HttpError(401, 'BadAdminKey', 'The null mode answers the deploy key alone');
      return answerNull(call.path, call.args);
    }
    const result = await functions.run(call.kind, call.path, call.args, caller);
    if (call.kind !== 'query' && result.status === 'success') committed();
    return result;
  }

  // {status, body} of a call; undefined: none comes. line: the journal's.
  async function handle(request, response, route, line) {
    const { bytes, body } = await readBody(request);
    line.bytes = bytes;
    const caller = await callers.ofHeader(request.headers.authorization);
    checkHeaders(request.headers);
    const call = readCall(route, parseBody(body));
    const fault = faults.take(call.path);
    Object.assign(line, { kind: call.kind, path: call.path, args: call.args, fault: fault?.kind });
    if (!(await before(fault, faults, response))) return undefined;
    if (fault?.kind === 'status') return { status: fault.status, body: faultBody(fault), headers: fault.headers };
    const result = await answer(call, caller);
    line.result = result.status;
    if (fault?.kind !== 'drop_after') return { status: 200, body: encode(result, call.format) };
    response.socket.destroy();
    return undefined;
  }

  return async (request, response, route) => {
    const line = { kind: route, result: undefined, bytes: 0, connection: request.socket.number };
    let reply;
    try {
      reply = await handle(request, response, route, line);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      reply = { status: error.status, body: { code: error.code, message: error.message } };
    }
    journal.note({ ...line, status: reply?.status }, !mode.isNull);
    return reply;
  };
}

// A stand-in for a Convex deployment: the real wire, HTTP and websocket, over
// the project's own convex/ functions, run by convex-test, the official mock.
//   node tests/convex/standin.mjs --port N --deploy-key KEY [--jwks URL] [--null] [--no-redact]
// --jwks: http, data or file URL or a path; --null: answers success and runs
// nothing. BUILD_DIR is the build folder, which holds the npm packages. Control
// endpoints, all POST: /__standin/ reset, dump, log, stats, fault, null.
import { realpathSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { makeCallers } from './lib/callers.mjs';
import { HttpError } from './lib/errors.mjs';
import { makeFaults } from './lib/faults.mjs';
import { startFunctions } from './lib/functions.mjs';
import { makeApi, readBody } from './lib/http_api.mjs';
import { makeJournal } from './lib/journal.mjs';
import { serveSubscriptions } from './lib/subscriptions.mjs';

function makeControl({ functions, faults, journal, mode, committed }) {
  const verbs = {
    reset: () => {
      functions.reset();
      faults.clear();
      journal.clear();
      mode.isNull = mode.startsNull;
      committed();
      return {};
    },
    dump: () => functions.dump(),
    log: () => journal.log,
    stats: () => ({ ...journal.stats, null: mode.isNull }),
    fault: (body) => faults.add(body),
    null: (body) => {
      mode.isNull = body?.on !== false;
      return { on: mode.isNull };
    },
  };
  return async (verb, text) => {
    if (!Object.hasOwn(verbs, verb)) throw new HttpError(404, 'NotFound', `one of ${Object.keys(verbs).join(', ')}`);
    let body;
    try {
      body = text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new HttpError(400, 'BadJsonBody', 'not JSON');
    }
    return { status: 200, body: await verbs[verb](body) };
  };
}

function send(response, { status, body, headers = {} }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), ...headers });
  response.end(text);
}

async function route(request, response, api, control) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/version' || pathname === '/instance_name') return { status: 200, body: 'standin', headers: { 'Content-Type': 'text/plain' } };
  if (request.method !== 'POST') throw new HttpError(405, 'MethodNotAllowed');
  if (pathname.startsWith('/__standin/')) return await control(pathname.slice(11), String((await readBody(request)).body));
  if (pathname.startsWith('/api/')) return await api(request, response, pathname.slice(5));
  throw new HttpError(404, 'NotFound', 'There is no such route.');
}

async function serve(request, response, api, control) {
  let reply;
  try {
    reply = await route(request, response, api, control);
  } catch (error) {
    if (response.socket === null || response.socket.destroyed) return;
    if (!(error instanceof HttpError)) console.error(error);
    reply = error instanceof HttpError
      ? { status: error.status, body: { code: error.code, message: error.message } }
      : { status: 500, body: { code: 'InternalServerError', message: "Your request couldn't be completed. Try again later." } };
  }
  if (reply) send(response, reply);
}

/** {url, port, stop()}; port 0: a free one. */
export async function startStandin({ port = 0, deployKey, jwks, isNull = false, redact = true }) {
  const functions = await startFunctions({ redact });
  const callers = makeCallers({ deployKey, jwks });
  const faults = makeFaults(functions.poison);
  const journal = makeJournal();
  const server = createServer();
  server.keepAliveTimeout = 60000;
  const subscriptions = serveSubscriptions({ server, functions, callers });
  const parts = { functions, callers, faults, journal, mode: { isNull, startsNull: isNull }, committed: subscriptions.committed };
  const api = makeApi(parts);
  const control = makeControl(parts);
  let connections = 0;
  server.on('connection', (socket) => {
    socket.number = ++connections;
  });
  server.on('request', (request, response) => void serve(request, response, api, control));
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', done);
  });
  const stop = async () => {
    subscriptions.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    functions.stop();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, port: server.address().port, stop };
}

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3210' },
      'deploy-key': { type: 'string' },
      jwks: { type: 'string' },
      null: { type: 'boolean', default: false },
      'no-redact': { type: 'boolean', default: false },
    },
  });
  if (values['deploy-key'] === undefined) throw new Error('--deploy-key is missing');
  const standin = await startStandin({
    port: Number(values.port),
    deployKey: values['deploy-key'],
    jwks: values.jwks,
    isNull: values.null,
    redact: !values['no-redact'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void standin.stop().then(() => process.exit(0)));
  console.log(`listening on ${standin.url}`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  await main().catch((error) => {
    console.error(`standin: ${error.message}`);
    process.exit(1);
  });
}

// The websocket that clients subscribe by. Every query is run again after every
// commit, where Convex would know which of them it touches.
import { ANONYMOUS } from './functions.mjs';
import { load } from './modules.mjs';

const { WebSocketServer } = await load('ws');

function encodeTime(n) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(n);
  return bytes.toString('base64');
}

const versionOf = (s) => ({ querySet: s.querySet, identity: s.identity, ts: encodeTime(s.time) });
const isExpired = (caller) => caller.expires !== undefined && caller.expires <= Date.now() / 1000;

// One client's websocket and what it follows.
function makeSession(socket, join) {
  return {
    join,
    caller: ANONYMOUS,
    querySet: 0,
    identity: 0,
    time: 0n,
    queries: new Map(),
    chain: Promise.resolve(),
    stop: () => socket.terminate(),
    send: (message) => socket.send(JSON.stringify(message)),
    /** One after the other. */
    enqueue(work) {
      this.chain = this.chain.then(work).catch((error) => this.send({ type: 'FatalError', error: String(error) }));
    },
  };
}

/** What is done for a client's messages; clock: {commits, committed()}. */
function makeProtocol({ functions, callers, clock }) {
  const authError = (session, error, baseVersion, authUpdateAttempted) =>
    session.send({ type: 'AuthError', error, baseVersion, authUpdateAttempted });

  async function evaluate(session, queryId, query) {
    const result = await functions.run('query', query.path, query.args, session.caller);
    const { status, value, errorMessage, errorData } = result;
    const shown = JSON.stringify(status === 'success' ? [value] : [errorMessage.replace(/^\[[^\]]*\]/, ''), errorData ?? null]);
    if (shown === query.shown) return [];
    query.shown = shown;
    const rest = { queryId, logLines: [], journal: null };
    return [status === 'success' ? { type: 'QueryUpdated', value, ...rest } : { type: 'QueryFailed', errorMessage, errorData, ...rest }];
  }

  async function transition(session, startVersion, modifications) {
    if (isExpired(session.caller)) return authError(session, 'Token expired', session.identity, false);
    const time = clock.commits;
    for (const [queryId, query] of session.queries) modifications.push(...(await evaluate(session, queryId, query)));
    session.time = time;
    session.send({ type: 'Transition', startVersion, endVersion: versionOf(session), modifications });
  }

  async function authenticate(session, message) {
    const start = versionOf(session);
    try {
      session.caller = await callers.ofMessage(message);
    } catch (error) {
      return authError(session, error.message, message.baseVersion, true);
    }
    session.identity = message.baseVersion + 1;
    for (const query of session.queries.values()) query.shown = undefined;
    await transition(session, start, []);
  }

  async function modifyQuerySet(session, message) {
    const start = versionOf(session);
    const removed = [];
    for (const { type, queryId, udfPath, args } of message.modifications) {
      if (type === 'Add') session.queries.set(queryId, { path: udfPath, args, shown: undefined });
      else if (session.queries.delete(queryId)) removed.push({ type: 'QueryRemoved', queryId });
    }
    session.querySet = message.newVersion;
    await transition(session, start, removed);
  }

  async function call(session, message) {
    const result = await functions.run(message.type.toLowerCase(), message.udfPath, message.args, session.caller);
    const isGood = result.status === 'success';
    session.send({
      type: `${message.type}Response`,
      requestId: message.requestId,
      success: isGood,
      result: isGood ? result.value : result.errorMessage,
      errorData: result.errorData,
      logLines: [],
      ...(isGood && message.type === 'Mutation' ? { ts: encodeTime(clock.commits + 1n) } : {}),
    });
    if (isGood) clock.committed();
  }

  const handlers = { Connect: (session) => session.join(), Authenticate: authenticate, ModifyQuerySet: modifyQuerySet, Mutation: call, Action: call };
  return { transition, handle: async (session, message) => await handlers[message.type]?.(session, message) };
}

/** Serves upgrade requests of the HTTP server; committed() sends what has changed. */
export function serveSubscriptions({ server, functions, callers }) {
  const sockets = new WebSocketServer({ noServer: true });
  const sessions = new Set();
  const clock = {
    commits: 0n,
    committed() {
      clock.commits += 1n;
      for (const session of sessions) session.enqueue(() => protocol.transition(session, versionOf(session), []));
    },
  };
  const protocol = makeProtocol({ functions, callers, clock });

  function accept(socket) {
    // Not before it has said Connect: until then a client is about to begin again,
    // and would take what is sent for something of its last connection.
    const session = makeSession(socket, () => socket.readyState === socket.OPEN && sessions.add(session));
    socket.on('close', () => sessions.delete(session));
    socket.on('error', () => sessions.delete(session));
    socket.on('message', (text) => session.enqueue(() => protocol.handle(session, JSON.parse(text))));
  }

  server.on('upgrade', (request, socket, head) => {
    if (!/^\/api\/([0-9][^/]*\/)?sync$/.test(new URL(request.url, 'http://localhost').pathname)) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, accept);
  });

  return { committed: clock.committed, stop: () => sessions.forEach((session) => session.stop()) };
}

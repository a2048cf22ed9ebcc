// A running stand-in for a test, in a process of its own, and calls of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../standin.mjs', import.meta.url));

/** Any text will do; it looks like a real one. */
export const deployKey = 'prod:standin-1|0123456789abcdef';

/**
 * Starts a stand-in. jwks: a URL or path of the key set; isNull: runs no
 * functions; redact: false shows what functions throw. Call stop() in after().
 */
export async function startDeployment({ port = 0, jwks, isNull = false, redact = true } = {}) {
  const args = [program, '--port', String(port), '--deploy-key', deployKey];
  if (jwks) args.push('--jwks', jwks);
  if (isNull) args.push('--null');
  if (!redact) args.push('--no-redact');
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text),
    ended.then(([status]) => Promise.reject(new Error(`the stand-in ended with ${status}`))),
  ]);
  const url = line.replace('listening on ', '');
  return makeDeployment(url, child, ended);
}

function makeDeployment(url, child, ended) {
  /** A control endpoint; its answer. */
  async function control(verb, body) {
    const response = await fetch(`${url}/__standin/${verb}`, { method: 'POST', body: body === undefined ? undefined : JSON.stringify(body) });
    const answer = await response.json();
    if (response.status !== 200) throw new Error(`${verb}: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** One request; body: an object, or a string or Buffer sent as it is: {status, json}. */
  async function post(path, body, { headers = {}, key = deployKey } = {}) {
    const all = { 'Content-Type': 'application/json', ...(key ? { Authorization: `Convex ${key}` } : {}), ...headers };
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method: 'POST', headers: all, body: payload });
    return { status: response.status, json: await response.json() };
  }

  /** A function as orderzap-sync calls it; its value, or an error with what came. */
  async function call(kind, path, args) {
    const { status, json } = await post(`/api/${kind}`, { path, args, format: 'json' }, { headers: { 'Convex-Client': 'orderzap-sync-1.2.3' } });
    if (status !== 200 || json.status !== 'success') throw new Error(`${status} ${JSON.stringify(json)}`);
    return json.value;
  }

  return {
    url,
    pid: child.pid,
    control,
    post,
    call,
    apply: async (...changes) => (await call('mutation', 'sync:applyBatch', { changes })).outcomes,
    async stop() {
      child.kill('SIGTERM');
      const [status] = await ended;
      return status;
    },
  };
}

// Listening to live events as browsers and tablets do, and rt, which fans them
// out.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expectStatus, post } from './client.mjs';
import { check } from './document.mjs';
import { headersOf } from './exchange.mjs';
import { packages } from './paths.mjs';
import { isGone } from './processes.mjs';
import { until } from './until.mjs';

const WebSocket = packages('ws');

/** The events of a text/event-stream so far. */
export const eventsOf = (text) => text.split('\n\n').slice(0, -1).flatMap((block) =>
  block.split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6))));

/** What all kinds of listeners can do: events, those of a kind, waiting for one, forgetting. */
function listener(more) {
  const self = {
    events: [],
    ended: false,
    types: () => self.events.map((e) => e.type),
    about: (id) => self.events.filter((e) => e.resource.id === id),
    forget: () => self.events.splice(0),
    /** The first event that fits. */
    hears: (what, fits, ms = 5000) => until(`hears ${what}`, () => self.events.find(fits), ms),
    ends: (ms = 5000) => until('the stream ends', () => self.ended, ms),
    ...more,
  };
  return self;
}

/**
 * GET /events as a stream. Returns the listener if it was let in, else the
 * answer as of call().
 */
export async function listen(stack, { token, ticket, query, headers = {}, method = 'GET', path, documented = true } = {}) {
  const url = path ?? `/events${ticket !== undefined ? `?ticket=${ticket}` : query ?? ''}`;
  const all = { Accept: 'text/event-stream', ...(token ? { Authorization: `Bearer ${token}` } : {}), ...headers };
  const response = await new Promise((done, failed) => {
    const r = request(stack.url + url, { method, headers: all, agent: false }, done);
    r.on('error', failed);
    r.end();
  });
  const answer = { status: response.statusCode, headers: headersOf(response.headers), text: '' };
  response.setEncoding('utf8');
  if (answer.status !== 200) {
    for await (const part of response) answer.text += part;
    answer.json = answer.text ? JSON.parse(answer.text) : undefined;
    if (documented) check(method, url, undefined, answer);
    return answer;
  }
  if (documented) check(method, '/events', undefined, answer);
  const self = listener({ ...answer, close: () => response.destroy(), pause: () => response.pause(), resume: () => response.resume() });
  response.on('data', (part) => {
    self.text += part;
    const whole = self.text.lastIndexOf('\n\n');
    if (whole < 0) return;
    self.events.push(...eventsOf(self.text.slice(0, whole + 2)));
    self.text = self.text.slice(whole + 2);
  });
  response.on('error', () => {});
  response.on('close', () => { self.ended = true; });
  return self;
}

/** The same by WebSocket; {status} if it was refused. */
export async function listenWs(stack, { token, ticket, query = '' } = {}) {
  const url = `${stack.url.replace('https:', 'wss:')}/events${ticket !== undefined ? `?ticket=${ticket}` : query}`;
  const socket = new WebSocket(url, { headers: token ? { Authorization: `Bearer ${token}` } : {}, rejectUnauthorized: false });
  const self = listener({ socket, close: () => socket.terminate() });
  socket.on('message', (data) => self.events.push(JSON.parse(data)));
  socket.on('close', (code) => { self.ended = true; self.code = code; });
  return new Promise((done, failed) => {
    socket.on('open', () => done(self));
    socket.on('unexpected-response', (_, response) => { done({ status: response.statusCode }); socket.terminate(); });
    socket.on('error', (error) => failed(error));
  });
}

export const ticketOf = async (stack, token) => expectStatus(await post(stack, '/api/events/ticket', { token }), 200).json.ticket;

// ---- rt

const rtDir = (stack) => stack.rtDir ?? join(stack.dir, 'run-rt');
export const rtMaster = (stack) => Number(readFileSync(join(rtDir(stack), 'nginx.pid'), 'utf8'));
/** Its one worker. */
export function rtWorker(stack) {
  const master = rtMaster(stack);
  const pids = readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(/\s+/).map(Number);
  assert.equal(pids.length, 1);
  return pids[0];
}

/** Kills rt as a whole. */
export async function killRt(stack) {
  const pids = [rtMaster(stack), rtWorker(stack)];
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('rt is gone', () => pids.every(isGone));
}

/** As scripts/demo starts it; a killed nginx leaves its sockets. */
export async function startRt(stack) {
  const dir = rtDir(stack);
  for (const name of ['pub.sock', 'sub.sock']) rmSync(join(dir, name), { force: true });
  await promisify(execFile)('nginx', ['-p', dir, '-e', join(dir, 'error.log'), '-c', join(dir, 'nginx.conf')],
    { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  // It goes into the background before it has written its process id.
  await until('its process id', () => { try { return !isGone(rtWorker(stack)); } catch { return false; } });
}

// make bench-evening: an evening of many restaurants, scaled down to what this
// machine can carry, and whether it takes what the calculator says (capacity.mjs).
//
// First each operation alone, for its cost. Then all of them together: arrivals
// at random times (Poisson) that do not wait for each other, in the proportions
// of forecast.mjs, while guests and screens listen to live events.
import { request } from 'node:https';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, lineOf, newKey, orderOf, readMenu } from '../tests/api/lib/client.mjs';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { partsOf, table, whatItCosts } from './cost.mjs';
import { asked, assumptions, coresOf, ratesOf } from './forecast.mjs';
import { model } from './model.mjs';
import { addRestaurants, openTable, slug } from './restaurants.mjs';

const usage = `Usage: node bench/evening.mjs [OPTION]...
Simulates an evening with the programs in BUILD_DIR (var/build), compares the CPU
it takes with the forecast, and writes bench-evening.txt and bench-evening.json.

  --restaurants N  restaurants (1000)
  --seconds S      of the evening (60)
  --load SHARE     share of the machine's cores to use (0.4)
  --quick          50 restaurants, 10 seconds
  --help           print this`;

function readOptions() {
  const { values } = parseArgs({ options: { restaurants: { type: 'string' }, seconds: { type: 'string' },
    load: { type: 'string', default: '0.4' }, quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const [restaurants, seconds] = values.quick ? [50, 10] : [1000, 60];
  const chosen = { restaurants: Number(values.restaurants ?? restaurants), seconds: Number(values.seconds ?? seconds), load: Number(values.load) };
  for (const [name, n] of Object.entries(chosen)) if (!(n > 0)) throw new Error(`--${name} takes a number above zero; see --help`);
  return chosen;
}

const tolerance = 0.2;
const alone = { seconds: 3, connections: 4 };
const lead = 5; // seconds of the evening that do not count: every worker has to plan

const any = (list) => list[Math.floor(Math.random() * list.length)];

// ---- What guests and staff do. Each returns false if there is nothing to do.

class Town {
  constructor(stack, restaurants) {
    Object.assign(this, { stack, restaurants, places: [], staff: new Map(), toCook: [], toPay: [], listeners: [], heard: 0 });
  }

  async send(method, path, { body, ...options } = {}) {
    const answer = await call(this.stack, method, path, { ...options, body, documented: false });
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async login(restaurant) {
    const { email, password } = this.stack.restaurant(model).accounts.find((a) => a.role === 'manager');
    const { access_token: token } = await this.send('POST', '/api/auth/login', { body: { restaurant: slug(restaurant), email, password } });
    this.staff.set(restaurant, token);
  }

  scan() {
    const { restaurant, table: t } = any(this.places);
    return this.send('GET', `/api/r/${slug(restaurant)}/tables/bench-table-${t}`);
  }

  join() {
    const { restaurant, table: t, pin } = any(this.places);
    return this.send('POST', `/api/r/${slug(restaurant)}/sessions/join`, { body: { code: `bench-table-${t}`, pin, display_name: 'Bela' } });
  }

  menu(place = any(this.places)) { return this.send('GET', `/api/r/${slug(place.restaurant)}/menu`); }

  async order(place = any(this.places)) {
    const order = await this.send('POST', '/api/orders', { token: place.token, key: newKey(), body: this.body });
    const known = { id: order.id, restaurant: place.restaurant, due: order.total_amount, steps: ['preparing', 'ready', 'served'] };
    this.toCook.push(known);
    this.toPay.push(known);
  }

  async status() {
    const order = this.toCook.shift();
    if (order === undefined) return false;
    await this.send('PUT', `/api/orders/${order.id}`, { token: this.staff.get(order.restaurant), body: { status: order.steps.shift() } });
    if (order.steps.length > 0) this.toCook.push(order);
    return true;
  }

  bill() {
    const { session, token } = any(this.places);
    return this.send('GET', `/api/sessions/${session.id}/bill`, { token });
  }

  async payment() {
    const order = this.toPay.shift();
    if (order === undefined) return false;
    await this.send('POST', '/api/payments', { token: this.staff.get(order.restaurant), key: newKey(), body: { order_id: order.id, amount: order.due, method: 'card' } });
    return true;
  }

  poll() { return this.send('GET', '/api/sync', { token: any(this.places).token }); }
  list() { return this.send('GET', '/api/orders?limit=20', { token: this.staff.get(any(this.places).restaurant) }); }

  listen(token) {
    return new Promise((done, failed) => {
      const r = request(`${this.stack.url}/events`, { agent: false, headers: { Accept: 'text/event-stream', Authorization: `Bearer ${token}` } }, (answer) => {
        if (answer.statusCode !== 200) failed(new Error(`a listener was refused: ${answer.statusCode}`));
        answer.on('data', (part) => { this.heard += part.toString('latin1').split('\ndata: ').length - 1 + part.toString('latin1').startsWith('data: '); });
        this.listeners.push(r);
        done();
      });
      r.on('error', failed);
      r.end();
    });
  }

  deafen() { this.listeners.splice(0).forEach((r) => r.on('error', () => {}).destroy()); }
}

async function prepare(stack, restaurants) {
  const town = new Town(stack, restaurants);
  console.log(`Opening ${restaurants} restaurants`);
  addRestaurants(stack, [{ first: 1, restaurants, tables: 1 }]);
  for (let n = 1; n <= restaurants; n++) town.places.push(await openTable(stack, n, 1));
  const dishes = (await readMenu(stack, slug(1))).items.filter((i) => i.is_available).map((i) => lineOf(i)).filter((l) => l.customizations.length === 1);
  town.body = orderOf(...dishes.slice(0, 3));
  return town;
}

// ---- Each operation alone

const perOperation = (cpu, n) => ({ postgres: cpu.postgres / n, web: (cpu.orderzapd + cpu.nginx + cpu.rt) / n });

// Some callers, each with one request after the other, until time or work is over.
async function repeat(operation, seconds) {
  const end = Date.now() + seconds * 1000;
  let n = 0;
  const caller = async () => {
    while (Date.now() < end && await operation() !== false) n++;
  };
  await Promise.all(Array.from({ length: alone.connections }, caller));
  return n;
}

async function signIn(town, parts) {
  const waiting = town.places.map((p) => p.restaurant);
  const next = async () => {
    const restaurant = waiting.shift();
    return restaurant === undefined ? false : town.login(restaurant);
  };
  const [n, cpu] = await whatItCosts(parts, () => repeat(next, 3600));
  return perOperation(cpu, n);
}

// Many listeners at one restaurant, who all hear its orders. What an order
// costs by itself is subtracted.
async function eventCost(town, parts, order) {
  const many = 100;
  for (let i = 0; i < many; i++) await town.listen(town.staff.get(1));
  town.heard = 0;
  const [n, cpu] = await whatItCosts(parts, async () => {
    const placed = await repeat(() => town.order(town.places[0]), alone.seconds);
    for (let i = 0; i < 100 && town.heard < placed * many; i++) await sleep(50);
    return placed;
  });
  if (town.heard < n * many) throw new Error(`${town.heard} of ${n * many} events were heard`);
  town.deafen();
  const all = perOperation(cpu, town.heard), share = n / town.heard;
  return { postgres: 0, web: Math.max(0, all.web - order.web * share) };
}

// A menu that nginx has cached and asks for again: each once, when its second is over.
async function menuAsked(town, parts) {
  const once = async () => {
    const waiting = [...town.places];
    return repeat(async () => (waiting.length > 0 ? town.menu(waiting.pop()) : false), 3600);
  };
  await once();
  const [n, cpu] = await whatItCosts(parts, async () => {
    let read = 0;
    for (let i = 0; i < 3; i++) {
      await sleep(2000);
      read += await once();
    }
    return read;
  });
  return perOperation(cpu, n);
}

async function measureAlone(town, parts) {
  const costs = { login: await signIn(town, parts) }, all = ['scan', 'join', 'menu', 'order', 'status', 'bill', 'payment', 'poll', 'list'];
  for (const what of all) await repeat(() => town[what](), 0.5);
  town.stack.sql('VACUUM ANALYZE');
  costs.ask = await menuAsked(town, parts);
  for (const what of all) {
    // The menu of one restaurant, which nginx has cached.
    const operation = () => town[what](...(what === 'menu' ? [town.places[0]] : []));
    await repeat(operation, 0.5);
    const [n, cpu] = await whatItCosts(parts, () => repeat(operation, alone.seconds));
    costs[what] = perOperation(cpu, n);
  }
  costs.event = await eventCost(town, parts, costs.order);
  return costs;
}

// ---- All together

const happening = ['scan', 'join', 'menu', 'order', 'status', 'bill', 'payment', 'list'];

// The evening's operations a second, enough to take the wanted share.
function scaledDown(costs, { load, restaurants }) {
  const full = ratesOf({ ...Object.fromEntries(Object.entries(assumptions).map(([name, [value]]) => [name, value])), restaurants });
  const rates = Object.fromEntries([...happening, 'ask'].map((what) => [what, full[what]]));
  const { postgres, web } = coresOf(rates, costs);
  const scale = Math.min(1, load * availableParallelism() / (postgres + web));
  rates.menu += rates.ask;
  return { scale, rates: Object.fromEntries(happening.map((what) => [what, rates[what] * scale])) };
}

// Starts operations when they are due, whether others have ended or not.
async function live(town, rates, seconds) {
  const total = Object.values(rates).reduce((sum, rate) => sum + rate, 0), done = Object.fromEntries(happening.map((what) => [what, 0])), open = new Set(), failed = [], delays = [];
  const pick = () => {
    let at = Math.random() * total;
    return happening.find((what) => (at -= rates[what]) < 0) ?? happening[0];
  };
  const start = (what, due) => {
    const running = Promise.resolve(town[what]()).then((did) => {
      if (did === false) return;
      done[what]++;
      delays.push(performance.now() - due);
    }).catch((error) => failed.push(error)).finally(() => open.delete(running));
    open.add(running);
  };
  const begun = performance.now();
  for (let due = begun; due < begun + seconds * 1000; due += -Math.log(1 - Math.random()) * 1000 / total) {
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    start(pick(), due);
  }
  while (open.size > 0) await Promise.all(open);
  if (failed.length > 0) throw new Error(`${failed.length} requests failed, the first: ${failed[0].message}`);
  delays.sort((a, b) => a - b);
  return { done, seconds: (performance.now() - begun) / 1000, p50: delays[delays.length >> 1], p99: delays[Math.floor(delays.length * 0.99)] };
}

async function evening(town, parts, costs, options) {
  const { scale, rates } = scaledDown(costs, options);
  // A guest of every second restaurant, and a screen of it.
  for (const { restaurant, token } of town.places.slice(0, 400).filter((_, i) => i % 2 === 0)) {
    await town.listen(token);
    await town.listen(town.staff.get(restaurant));
  }
  town.toCook.splice(0);
  town.toPay.splice(0);
  const [, idle] = await whatItCosts(parts, () => sleep(5000));
  await live(town, rates, lead);
  town.heard = 0;
  const [{ done, ...run }, cpu] = await whatItCosts(parts, () => live(town, rates, options.seconds));
  const readings = done.menu / run.seconds / options.restaurants, ask = Math.round(done.menu * asked(readings) / readings);
  const counts = { ...done, menu: done.menu - ask, ask, event: town.heard };
  town.deafen();
  const used = perOperation(cpu, 1e6 * run.seconds), resting = perOperation(idle, 1e6 * 5);
  const busy = coresOf(Object.fromEntries(Object.entries(counts).map(([what, n]) => [what, n / run.seconds])), costs);
  const expected = { postgres: busy.postgres + resting.postgres, web: busy.web + resting.web };
  return { scale, counts, ...run, used, expected, ratio: (used.postgres + used.web) / (expected.postgres + expected.web) };
}

function report(options, costs, result) {
  const two = (n) => n.toFixed(2), sum = ({ postgres, web }) => postgres + web;
  const text = [
    ...table(['operation', 'PostgreSQL, us', 'web, us', 'in the evening'], Object.entries(costs).map(([what, c]) =>
      [what, Math.round(c.postgres), Math.round(c.web), result.counts[what] ?? '-'])),
    '',
    ...table(['cores busy', 'PostgreSQL', 'web', 'together'], [['forecast', result.expected], ['measured', result.used]].map(([name, cores]) =>
      [name, two(cores.postgres), two(cores.web), two(sum(cores))])),
    '', `Measured divided by forecast: ${two(result.ratio)}${Math.abs(result.ratio - 1) > tolerance ? ', further off than a fifth' : ''}.`,
    `${options.restaurants} restaurants, ${Math.round(result.seconds)} s, arrivals scaled to ${(100 * result.scale).toFixed(2)} % of 1,000 guests each; no request failed.`,
    `From due to answered: p50 ${result.p50.toFixed(0)} ms, p99 ${result.p99.toFixed(0)} ms.`, ''].join('\n');
  const files = join(buildDir, 'bench-evening');
  writeFileSync(`${files}.json`, `${JSON.stringify({ made_at: new Date().toISOString(), options, cores: availableParallelism(), costs, ...result }, null, 2)}\n`);
  writeFileSync(`${files}.txt`, text);
  console.log(`\n${text}\nWritten to ${files}.txt and .json`);
}

let starting, cleaning;
const cleanUp = () => (cleaning ??= (async () => (await starting?.catch(() => undefined))?.stop())());
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => cleanUp().finally(() => process.exit(status)));

try {
  const options = readOptions();
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // durable, as a real one
  starting = startStack({ settings: { SITE_EVENTS: 1000, DATABASE_POOL_MIN: 16, DATABASE_POOL_MAX: 16 } });
  const stack = await starting, town = await prepare(stack, options.restaurants), parts = partsOf(stack);
  const costs = await measureAlone(town, parts);
  const result = await evening(town, parts, costs, options);
  report(options, costs, result);
  if (Math.abs(result.ratio - 1) > tolerance) process.exitCode = 1;
} catch (error) {
  console.error(`bench: nothing is reported: ${process.env.BENCH_DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

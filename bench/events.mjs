// make bench-events: many listeners and many events a second through the whole
// product: every delivery is counted and timed from its commit.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rtWorker } from '../tests/api/lib/listen.mjs';
import { tokenOf } from '../tests/api/lib/client.mjs';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { until } from '../tests/api/lib/until.mjs';

const { values: options } = parseArgs({ options: {
  listeners: { type: 'string', default: '2000' }, rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '20' }, restaurants: { type: 'string', default: '20' } } });
const [LISTENERS, RATE, SECONDS, RESTAURANTS] = [options.listeners, options.rate, options.seconds, options.restaurants].map(Number);

process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // durable, as a real one
const stack = await startStack({ settings: { SITE_EVENTS: LISTENERS + 100 } });
try {
  // Restaurants with one member of staff each, whose token all its listeners send.
  const tokens = [await tokenOf(stack, 'manager')], ids = [stack.restaurant().id];
  const account = stack.restaurant().accounts.find((a) => a.role === 'manager');
  for (let n = 1; n < RESTAURANTS; n++) {
    const slug = `bench-${n}`;
    const add = async (args, input) => { const r = await stack.ctl(args, { input }); if (r.status !== 0) throw new Error(r.stderr); };
    await add(['restaurant', 'add', '--slug', slug, '--name', slug, '--currency', 'INR', '--timezone', 'Asia/Kolkata']);
    await add(['staff', 'add', '--restaurant', slug, '--email', account.email, '--name', 'Bench', '--role', 'manager', '--password-stdin'], `${account.password}\n`);
    const answer = await fetch(`${stack.url}/api/auth/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ restaurant: slug, email: account.email, password: account.password }) });
    tokens.push((await answer.json()).access_token);
    ids.push(stack.sqlValue(`SELECT restaurant_id FROM slugs WHERE slug = '${slug}'`));
  }
  const memory = () => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${rtWorker(stack)}/smaps_rollup`, 'utf8'))[1]);
  const ticks = () => readFileSync(`/proc/${rtWorker(stack)}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').slice(11, 13).reduce((sum, n) => sum + Number(n), 0);
  const memoryBefore = memory();

  // ---- The listeners: a delivery's time is that of its arrival here.
  const delays = [], heard = [...Array(LISTENERS)].map(() => 0), first = new Map();
  let deliveries = 0, ended = 0;
  const listen = (n) => new Promise((done, failed) => {
    const r = request(`${stack.url}/events`, { agent: false, headers: { Accept: 'text/event-stream', Authorization: `Bearer ${tokens[n % RESTAURANTS]}` } }, (response) => {
      if (response.statusCode !== 200) { failed(new Error(`a listener was refused: ${response.statusCode}`)); return; }
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (part) => {
        text += part;
        for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
          const at = /"version" ?: ?(\d+)/.exec(text.slice(0, end));
          if (!at) continue;
          heard[n]++;
          deliveries++;
          delays.push([`${n % RESTAURANTS}/${at[1]}`, Date.now()]);
        }
      });
      response.on('close', () => { ended++; });
      done(r);
    });
    r.on('error', failed);
    r.end();
  });
  const open = [];
  for (let n = 0; n < LISTENERS; n += 50) open.push(...await Promise.all([...Array(Math.min(50, LISTENERS - n))].map((_, i) => listen(n + i))));
  const memoryAfter = memory(), ticksBefore = ticks();

  // ---- The events: one transaction each, by psql; timed right after the commit.
  const total = RATE * SECONDS, gap = 1000 / RATE;
  const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  // As a worker does after its commit: a datagram to the relay.
  const waker = spawn('perl', ['-MIO::Socket::UNIX', '-MSocket', '-e',
    'my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $ARGV[0]) or die $!; while (sysread(STDIN, my $bytes, 4096)) { send($s, "x", MSG_DONTWAIT) }',
    join(stack.dir, 'run/relay.sock')], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdout.on('data', (d) => { out += d; waker.stdin.write('x'); });
  child.stdin.write('SET orderzap.events = on;\n');
  const started = Date.now();
  for (let n = 0; n < total; n++) {
    const wait = started + n * gap - Date.now();
    if (wait > 0) await new Promise((go) => setTimeout(go, wait));
    const r = n % RESTAURANTS;
    child.stdin.write(`UPDATE restaurants SET menu_version = menu_version + 1 WHERE id = '${ids[r]}';
SELECT '${r}/' || menu_version, round(extract(epoch FROM clock_timestamp()) * 1000) FROM restaurants WHERE id = '${ids[r]}';\n`);
  }
  const took = (Date.now() - started) / 1000;
  await until('all changes are committed', () => out.split('\n').length > total, 60000);
  for (const line of out.split('\n').slice(0, -1)) { const [key, at] = line.split('|'); first.set(key, Number(at)); }
  const perRestaurant = Math.ceil(total / RESTAURANTS), expected = [...Array(LISTENERS)].reduce((sum, _, n) => sum + Math.floor((total - 1 - (n % RESTAURANTS)) / RESTAURANTS) + 1, 0);
  await until('every delivery', () => deliveries >= expected, 30000).catch(() => {});
  const cpu = (ticks() - ticksBefore) / 100;
  child.stdin.end('\\q\n');
  waker.stdin.end();
  const sorted = delays.map(([key, at]) => at - first.get(key)).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const report = { listeners: LISTENERS, restaurants: RESTAURANTS, events: total, seconds: took, deliveries, expected, cut_off: ended, heard_by_the_least: Math.min(...heard), of: perRestaurant,
    p50_ms: at(0.5), p99_ms: at(0.99), max_ms: sorted.at(-1), rt_kib_a_listener: Math.round((memoryAfter - memoryBefore) / LISTENERS), rt_cpu_seconds: cpu };
  const text = Object.entries(report).map(([key, value]) => `${key.replaceAll('_', ' ')}: ${value}`).join('\n');
  console.log(text);
  writeFileSync(join(buildDir, 'bench-events.txt'), `${text}\n`);
  if (deliveries !== expected || ended > 0) process.exitCode = 1;
  for (const r of open) r.destroy();
} finally {
  await stack.stop();
}

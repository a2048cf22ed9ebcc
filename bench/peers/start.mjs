// Starts the peers, Express and PHP-FPM, each behind an nginx with the product's
// TLS settings, on the product's database as the workers' role. All they write
// is in the system's own folder.
import { execFile, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '../../tests/api/lib/stack.mjs';
import { nginxIn, startNginx } from '../nginx.mjs';
import { settings } from '../options.mjs';
import { run } from '../report.mjs';

// Debian names the program after PHP's version: the newest one.
const isFpm = /^php-fpm([0-9.]+)$/;
export const fpm = readdirSync('/usr/sbin').filter((name) => isFpm.test(name))
  .sort((a, b) => isFpm.exec(b)[1].localeCompare(isFpm.exec(a)[1], 'en', { numeric: true }))[0];
const connections = settings.DATABASE_POOL_MAX; // to PostgreSQL, as many as the product has
const sources = fileURLToPath(new URL('.', import.meta.url));

// A folder with the named files of the source, which a server's user may not be able to read.
function copyOf(stack, name, files) {
  const dir = join(stack.dir, 'bench-peers', name);
  mkdirSync(dir, { recursive: true });
  for (const d of [join(dir, '..'), dir]) chmodSync(d, 0o755);
  for (const file of files) {
    copyFileSync(join(sources, name, file), join(dir, file));
    chmodSync(join(dir, file), 0o644);
  }
  return dir;
}

const setting = (stack, name) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(stack.envFile, 'utf8'))[1];

// libpq's variables, which pg reads as well. There are readers for both outboxes.
const environment = (stack) => ({
  JWT_SECRET: setting(stack, 'JWT_SECRET'),
  PGHOST: new URL(stack.database_url.replace('@/', '@localhost/')).searchParams.get('host'),
  PGDATABASE: 'orderzap',
  PGUSER: 'orderzap_app',
  PGOPTIONS: '-c orderzap.mirror=on -c orderzap.events=on',
});

// ---- Processes

const running = []; // how each is stopped
let isOver = false;

function keep(stop) {
  running.push(stop);
  if (!isOver) return;
  stopPeers(); // what has just been started came too late
  throw new Error('the bench is being stopped');
}

/** Stops everything that was started here. */
export async function stopPeers() {
  isOver = true;
  while (running.length > 0) await running.pop()();
}

function startProgram(name, dir, program, args, env) {
  const logFile = join(dir, 'output.log'), log = openSync(logFile, 'a');
  const child = spawn(program, args, { cwd: dir, env: { ...process.env, ...env }, stdio: ['ignore', log, log] });
  const ended = new Promise((done) => child.once('error', done).once('exit', done));
  keep(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return {
    name, pid: child.pid,
    lastWords: () => [logFile, join(dir, 'nginx/error.log')].filter((file) => existsSync(file))
      .map((file) => readFileSync(file, 'utf8').split('\n').slice(-10).join('\n')).join(''),
  };
}

// Waits for a program and puts an nginx in front of it: {name, url, groups, lastWords}.
async function behindNginx(stack, program, isReady, dir, directives) {
  for (let i = 0; i < 100 && !await isReady(); i++) await sleep(100);
  if (!await isReady()) throw new Error(`${program.name} does not start:\n${program.lastWords()}`);
  const nginx = await startNginx(stack, join(dir, 'nginx'), directives);
  keep(nginx.stop);
  return { ...program, url: nginx.url, groups: { program: program.pid, nginx: nginxIn(nginx.dir) } };
}

// ---- Express

const throughProxy = (port) => ({
  before: `upstream express {
    server 127.0.0.1:${port};
    keepalive 64;
}
`,
  server: `    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_buffer_size 8k;
    proxy_buffers 16 8k;
    location / {
        proxy_pass http://express;
    }
`,
});

async function install(dir) {
  const installing = promisify(execFile)('npm', ['ci'], { cwd: dir });
  keep(async () => {
    installing.child.kill('SIGKILL');
    await installing.catch(() => {});
  });
  await installing.catch((error) => {
    throw new Error(`npm ci failed: ${error.stderr || error.message}`);
  });
}

export async function startExpress(stack) {
  const dir = copyOf(stack, 'express', ['.npmrc', 'common.mjs', 'menu.mjs', 'order.mjs', 'package-lock.json', 'package.json', 'server.mjs']);
  await install(dir);
  const version = (name) => JSON.parse(readFileSync(join(dir, 'node_modules', name, 'package.json'), 'utf8')).version;
  const port = await freePorts();
  const program = startProgram('Express', dir, process.execPath, ['server.mjs'],
    { ...environment(stack), NODE_ENV: 'production', PORT: port, POOL: connections });
  const isReady = () => fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
  const peer = await behindNginx(stack, program, isReady, dir, throughProxy(port));
  return { ...peer, version: `Node.js ${process.version}, Express ${version('express')}, pg ${version('pg')}` };
}

// ---- PHP-FPM

const throughFastcgi = (dir, socket) => ({
  server: `    fastcgi_buffer_size 8k;
    fastcgi_buffers 16 8k;
    location / {
        include /etc/nginx/fastcgi_params;
        fastcgi_param SCRIPT_FILENAME ${dir}/index.php;
        fastcgi_pass unix:${socket};
    }
`,
});

const pool = (dir, socket, names) => `[global]
error_log = ${dir}/output.log
[orderzap]
${process.getuid() === 0 ? 'user = www-data\ngroup = www-data\nlisten.owner = www-data\nlisten.group = www-data' : ''}
listen = ${socket}
pm = static
pm.max_children = ${connections}
${names.map((name) => `env[${name}] = $${name}`).join('\n')}
`;

export async function startPhp(stack) {
  const dir = copyOf(stack, 'php', ['common.php', 'index.php', 'menu.php', 'order.php']);
  const socket = join(setting(stack, 'RUN_DIR'), 'php.sock'), env = environment(stack); // short enough for a socket
  writeFileSync(join(dir, 'fpm.conf'), pool(dir, socket, Object.keys(env)));
  const program = startProgram('PHP-FPM', dir, fpm, ['--nodaemonize', '--fpm-config', join(dir, 'fpm.conf')], env);
  const peer = await behindNginx(stack, program, () => existsSync(socket), dir, throughFastcgi(dir, socket));
  return { ...peer, version: run(fpm, '--version').split('\n')[0].replace(/ \(.*/, '') };
}

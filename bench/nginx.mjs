// The nginx of the system under test without its cache, and further ones with
// its TLS, keep-alive and log settings, taken from the rendered site.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, root } from '../tests/api/lib/stack.mjs';

const siteOf = (stack) => join(stack.dir, 'nginx/site.conf');

/** The process of the nginx in the folder. */
export const nginxIn = (dir) => Number(readFileSync(join(dir, 'nginx.pid'), 'utf8'));

/** Stops nginx from answering the menu from its cache. Closes kept connections. */
export function stopCaching(stack) {
  const file = siteOf(stack), site = readFileSync(file, 'utf8');
  const without = site.replace(/^ *fastcgi_cache orderzap_menu;\n/m, '');
  if (without === site) throw new Error(`${file} names no menu cache`);
  writeFileSync(file, without);
  process.kill(nginxIn(join(stack.dir, 'nginx')), 'SIGHUP');
}

// The directives of the product's site that another server needs as well.
function sameSettings(site, dir) {
  const wanted = /^ {4}(?:ssl_|keepalive_|server_tokens|send_timeout|client_)[^;]*;/gm; // a server's, no location's
  const format = /^log_format [^;]*;/m.exec(site)[0], access = /^ *access_log (\S+) (\w+);/m.exec(site);
  return { format, server: [...site.match(wanted), `    access_log ${dir}/access.log ${access[2]};`].join('\n') };
}

function siteText(stack, dir, port, { before = '', server: own }) {
  const site = readFileSync(siteOf(stack), 'utf8');
  const { format, server } = sameSettings(site, dir);
  const listen = new RegExp(`^ *listen ${stack.port} ([^;]*);`, 'm').exec(site)[1];
  return `${format}\n${before}server {\n    listen ${port} ${listen};\n${server}\n${own}}\n`;
}

/**
 * Starts a further nginx in a new folder; stop() ends it. directives: {before,
 * server}, text in front of the server block and in it.
 */
export async function startNginx(stack, dir, directives) {
  const port = await freePorts();
  mkdirSync(dir, { recursive: true });
  chmodSync(dir, 0o755);
  const isRoot = process.getuid() === 0;
  writeFileSync(join(dir, 'site.conf'), siteText(stack, dir, port, directives));
  writeFileSync(join(dir, 'nginx.conf'), readFileSync(join(root, 'nginx/nginx.conf.in'), 'utf8')
    .replaceAll('@DIR@', dir).replaceAll('@SITE@', `${dir}/site.conf`).replaceAll('@USER_LINE@', isRoot ? 'user www-data;' : ''));
  const nginx = (...args) => execFileSync('nginx', ['-p', dir, '-e', `${dir}/error.log`, '-c', `${dir}/nginx.conf`, ...args], { stdio: 'pipe' });
  nginx();
  return { dir, url: `https://localhost:${port}`, stop: () => nginx('-s', 'stop') };
}

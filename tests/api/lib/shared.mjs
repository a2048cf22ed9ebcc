// The system that the files of a run share: those that change no setting, stop
// nothing and count nothing beyond their restaurants. Each has two of its own.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyRestaurant, tablesOfTenants } from './copies.mjs';
import { buildDir, startStack, systemIn } from './stack.mjs';
import { until } from './until.mjs';

/** Where a run's files find their system; run: the process id of its make. */
export const folderOf = (run) => join(buildDir, `shared-${run}`);

/** Lets others have restaurants on this system, and SQL that sees no others' rows. */
export function prepareSharing(stack) {
  const own = "USING (%s = ANY (current_setting('tests.restaurants')::uuid[]))";
  stack.sql(`CREATE SCHEMA tests; CREATE SEQUENCE tests.copies;
    CREATE ROLE tests IN ROLE pg_read_all_stats;
    GRANT SET ON PARAMETER session_replication_role TO tests;
    GRANT ALL ON ALL TABLES IN SCHEMA public TO tests; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO tests;
    ${tablesOfTenants(stack).map((table) => `CREATE POLICY tests ON ${table} TO tests ${own.replace('%s', 'restaurant_id')}`).join(';')};
    CREATE POLICY tests ON restaurants TO tests ${own.replace('%s', 'id')}`);
}

const groupOf = (n) => n.toString(16).padStart(4, '0');
const idAt = (id, n) => id.replace(/^([0-9a-f]{8}-)[0-9a-f]{4}/, `$1${groupOf(n)}`);

/** What copyRestaurant() makes of a demo restaurant, as scripts/demo describes it. */
function copyOf(stack, model, n) {
  copyRestaurant(stack, model.slug, n, n);
  return {
    ...model,
    model: model.slug,
    slug: `copy-${n}`,
    id: stack.sqlValue(`SELECT restaurant_id FROM slugs WHERE slug = 'copy-${n}'`),
    tables: model.tables.map((table) => ({ ...table, id: idAt(table.id, n) })),
  };
}

/** Lets a file's SQL see the rows of a further restaurant, which it made. */
export function seeToo(stack, id) {
  const end = encodeURIComponent('}');
  stack.database_url = stack.database_url.replace(end, encodeURIComponent(`,${id}`) + end);
}

/** The system as a file sees it that has copies of the demo restaurants there. */
function withOwnRestaurants(stack) {
  stack.restaurants = stack.restaurants.map((model) => copyOf(stack, model, Number(stack.sqlValue("SELECT nextval('tests.copies')"))));
  [stack.slug, stack.otherSlug] = stack.restaurants.map((r) => r.slug);
  const options = `-c role=tests -c tests.restaurants={${stack.restaurants.map((r) => r.id).join()}}`;
  stack.database_url += `&options=${encodeURIComponent(options)}`;
  return stack;
}

/** The run's system: the first file has it started, by a process that outlives the file. */
async function joinRun(run) {
  const folder = folderOf(run);
  try {
    mkdirSync(folder);
    const log = openSync(join(folder, 'log'), 'a');
    spawn(process.execPath, [fileURLToPath(new URL('share.mjs', import.meta.url)), run], { detached: true, stdio: ['ignore', log, log] }).unref();
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const file = join(folder, 'system.json');
  await until('the shared system', () => existsSync(file) || existsSync(join(folder, 'end.txt')), 120000);
  if (!existsSync(file)) throw new Error(`no shared system: ${readFileSync(join(folder, 'log'), 'utf8')}`);
  const told = JSON.parse(readFileSync(file, 'utf8'));
  return Object.assign(systemIn(told.dir, told.port), told);
}

/**
 * A system with the default settings in which this file has two restaurants of
 * its own: stack.slug and stack.otherSlug, copies of the demo's, which
 * stack.restaurant() and the calls of client.mjs know by the demo's names, too.
 * stack.sql() sees only their rows. make check has one for all such files
 * (ORDERZAP_RUN); a file that runs by itself has one for itself.
 */
export async function shareStack() {
  const run = process.env.ORDERZAP_RUN;
  if (!run) {
    const stack = await startStack();
    prepareSharing(stack);
    return withOwnRestaurants(stack);
  }
  const stack = withOwnRestaurants(await joinRun(run));
  stack.stop = async () => stack.judge();
  return stack;
}

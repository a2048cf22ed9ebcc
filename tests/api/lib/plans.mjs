// The plans of what the workers really run: PostgreSQL's auto_explain notes each
// statement, those of functions, triggers and foreign keys too, with the rows
// and pages that it touched.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reload } from './settings.mjs';
import { workerStatements } from './statements.mjs';

const settings = {
  'session_preload_libraries': "'auto_explain'",
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
};

const logOf = (stack) => readFileSync(join(stack.dir, 'postgresql/cluster.log'), 'utf8');

/** From now on the workers' statements are noted, by new workers. more: further settings of their role. */
export async function notePlans(stack, more = {}) {
  stack.sql("LOAD 'auto_explain'; " + Object.entries({ ...settings, ...more }).map(([name, value]) => `ALTER ROLE orderzap_app SET ${name} = ${value};`).join(' '));
  await reload(stack);
}

/** What was noted while something ran: [{text, plan}], text without comments and with single spaces. */
export async function plansOf(stack, run) {
  const from = logOf(stack).length;
  await run();
  // A line that begins with a tab continues the one before.
  const entries = logOf(stack).slice(from).split(/\n(?!\t)/).filter((entry) => / LOG: {2}duration: .* plan:/.test(entry.split('\n')[0]));
  return entries.map((entry) => {
    const { 'Query Text': text, Plan: plan } = JSON.parse(entry.slice(entry.indexOf('\n')));
    return { text: plain(text), plan };
  });
}

/** A statement's text to compare with. */
export const plain = (sql) => sql.replace(/^\s*--.*$/gm, '').replace(/\s+/g, ' ').trim();

/** All nodes of a plan, outermost first. */
export const nodesOf = (plan) => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Whether a node reads a table. */
export const isScan = (node) => node['Relation Name'] !== undefined && !/Modify|Lock/.test(node['Node Type']);

/** Rows that a node read each time it ran, those it dropped included. */
export const rowsOf = (node) => node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);

/** Rows of tables that a statement read in all. */
export const rowsTouched = ({ plan }) => nodesOf(plan).filter(isScan).reduce((sum, node) => sum + node['Actual Loops'] * rowsOf(node), 0);

// Statements that are not planned: they begin and end transactions.
const notPlanned = ['begin', 'begin_read', 'commit', 'rollback'];

/** The workers' statements that none of the plans is of, by name. */
export const missingOf = (plans) => {
  const texts = new Set(plans.map(({ text }) => text));
  return workerStatements().filter(({ name, file }) => !notPlanned.includes(name) && !texts.has(plain(readFileSync(file, 'utf8')))).map(({ name }) => name);
};

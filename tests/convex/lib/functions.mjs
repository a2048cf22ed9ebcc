// Runs the project's functions on convex-test and answers as a deployment does.
import { randomBytes } from 'node:crypto';
import { HttpError } from './errors.mjs';
import { checkArguments, checkDocument } from './limits.mjs';
import { bundleFunctions, load } from './modules.mjs';

const { convexTest } = await load('convex-test');
const { makeFunctionReference } = await load('convex/server');
const { convexToJson, getConvexSize, jsonToConvex } = await load('convex/values');

/** Who calls without a token; with the deploy key. */
export const ANONYMOUS = { kind: 'anonymous' };
export const ADMIN = { kind: 'admin' };

// Puts the checks of documents before convex-test's own system calls.
function checkWrites() {
  const inner = globalThis.Convex;
  const asyncSyscall = async (op, json) => {
    if (op === '1.0/insert' || op === '1.0/replace' || op === '1.0/shallowMerge') {
      const value = jsonToConvex(JSON.parse(json).value);
      checkDocument(value, getConvexSize(value));
    }
    return await inner.asyncSyscall(op, json);
  };
  globalThis.Convex = {
    get syscall() {
      return inner.syscall;
    },
    asyncSyscall,
    get jsSyscall() {
      return inner.jsSyscall;
    },
  };
}

const typeOf = (fn) => (fn.isQuery ? 'query' : fn.isMutation ? 'mutation' : 'action');
const isFunction = (fn) => typeof fn === 'function' && Boolean(fn.isQuery || fn.isMutation || fn.isAction);

/** redact: hide what functions throw, as production does. */
export async function startFunctions({ redact = true } = {}) {
  const { modules, schema, remove } = await bundleFunctions();
  const fresh = () => convexTest({ schema, modules, transactionLimits: true });
  let deployment = fresh();
  checkWrites();
  const poison = new Set();

  function failure(message, data) {
    const head = `[Request ID: ${randomBytes(8).toString('hex')}] Server Error`;
    const errorMessage = redact ? head : `${head}\n${message}`;
    return { status: 'error', errorMessage, ...(data === undefined ? {} : { errorData: data }), logLines: [] };
  }

  async function find(path) {
    const parts = /^([A-Za-z0-9_/.]+?)(?:\.js)?(?::([A-Za-z0-9_]+))?$/.exec(path);
    if (!parts) throw new HttpError(400, 'BadConvexFunctionIdentifier', `${path} is not a valid path to a Convex function.`);
    const [, file, name = 'default'] = parts;
    const module = file.startsWith('_') ? undefined : await modules[`convex/${file}.js`]?.();
    return { fn: module?.[name], name: `${file}:${name}` };
  }

  function readArguments(json) {
    const args = jsonToConvex(Array.isArray(json) ? (json[0] ?? {}) : json);
    checkArguments(args, getConvexSize(args));
    const poisoned = args.changes?.find?.((c) => poison.has(c?.doc?.pgId ?? c?.pgId));
    if (poisoned) throw new Error(`poisoned: ${poisoned.doc?.pgId ?? poisoned.pgId}`);
    return args;
  }

  /** kind: query, mutation, action or any; caller: ANONYMOUS, ADMIN or {kind: 'user', attributes}. */
  async function run(kind, path, json, caller) {
    const { fn, name } = await find(path);
    if (!isFunction(fn) || (fn.isInternal && caller.kind !== 'admin')) {
      return failure(`Could not find public function for '${name}'. Did you forget to run \`npx convex dev\`?`);
    }
    const type = typeOf(fn);
    if (kind !== 'any' && kind !== type) return failure(`Trying to execute ${name} as ${kind}, but it is defined as ${type}.`);
    const who = caller.kind === 'user' ? deployment.withIdentity(caller.attributes) : deployment;
    try {
      const value = await who[type](makeFunctionReference(name), readArguments(json));
      return { status: 'success', value: convexToJson(value ?? null), logLines: [] };
    } catch (error) {
      if (typeof error === 'object' && error !== null && Symbol.for('ConvexError') in error) {
        return failure(`Uncaught ConvexError: ${error.message}`, convexToJson(error.data));
      }
      return failure(`Uncaught ${error?.name ?? 'Error'}: ${error?.message ?? error}`);
    }
  }

  /** Every row of every table. */
  async function dump() {
    return await deployment.run(async (ctx) => {
      const rows = {};
      for (const table of Object.keys(schema.tables)) rows[table] = convexToJson(await ctx.db.query(table).collect());
      return rows;
    });
  }

  function reset() {
    deployment = fresh();
    poison.clear();
  }

  return { run, dump, reset, poison, stop: remove };
}

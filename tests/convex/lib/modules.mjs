// The npm packages, which stand in the build folder alone, and the project's
// own convex/ functions, bundled so that Node runs them.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const buildDir = resolve(process.env.BUILD_DIR ?? join(root, 'var/build'));
export const modulesDir = join(buildDir, 'tests/convex/modules');
export const functionsDir = join(root, 'convex');

if (!existsSync(join(modulesDir, 'node_modules'))) {
  throw new Error(`no npm packages in ${modulesDir}: "make convex-modules" in the build folder fetches them, npm.log there says more`);
}

/** Imports a package: await load('convex/browser'). */
export const { load } = await import(pathToFileURL(join(modulesDir, 'load.mjs')).href);

/** A folder within reach of the packages; remove() it. */
export function workFolder() {
  const dir = mkdtempSync(join(modulesDir, 'work-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

const isFunctionFile = (name) => /\.(ts|js)$/.test(name) && !/\.(d|config)\.ts$/.test(name);

/** {modules, schema, remove}: the map of modules that convex-test wants, by path. */
export async function bundleFunctions() {
  const { build } = await load('esbuild');
  const { dir, remove } = workFolder();
  const files = readdirSync(functionsDir).concat(readdirSync(join(functionsDir, '_generated')).map((f) => join('_generated', f)));
  await build({
    entryPoints: files.filter(isFunctionFile).map((f) => join(functionsDir, f)),
    outdir: dir,
    outbase: functionsDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node18',
    packages: 'external',
    logLevel: 'silent',
  });
  const modules = {};
  for (const file of files.filter(isFunctionFile)) {
    const name = file.replace(/\.(ts|js)$/, '');
    modules[`convex/${name}.js`] = () => import(pathToFileURL(join(dir, `${name}.mjs`)).href);
  }
  const { default: schema } = await modules['convex/schema.js']();
  return { modules, schema, remove };
}

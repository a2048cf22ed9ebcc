// Where the source and the build are.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const buildDir = resolve(process.env.BUILD_DIR ?? join(root, 'var/build'));

/** What `make check` installed (docs/tools/install). */
export const packages = createRequire(join(buildDir, 'npm/'));

/** Whether the programs were built with AddressSanitizer. */
export const isSanitized = () => readFileSync(join(buildDir, 'orderzapd')).includes('__asan_init');

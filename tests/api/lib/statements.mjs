// The statements' files, in a folder for each subject.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './stack.mjs';

const folder = join(root, 'sql/statements');
const others = ['ctl', 'relay', 'sync']; // what these programs run themselves

/** Those that the workers prepare: [{name, file}]. */
export const workerStatements = () => readdirSync(folder).filter((subject) => !others.includes(subject))
  .flatMap((subject) => readdirSync(join(folder, subject)).map((name) => ({ name: basename(name, '.sql'), file: join(folder, subject, name) })));

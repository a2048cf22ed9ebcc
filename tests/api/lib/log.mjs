// orderzapd's log.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * Reads a file of JSON lines as it grows: a function that gives all that are
 * whole so far. Another file at its place is read from its beginning.
 */
export function logReader(path) {
  let inode, size, lines, rest; // size: bytes read; rest: those of a line that has no end yet
  return () => {
    const file = openSync(path, 'r');
    try {
      const now = fstatSync(file);
      if (now.ino !== inode || now.size < size) [inode, size, lines, rest] = [now.ino, 0, [], Buffer.alloc(0)];
      const more = Buffer.alloc(now.size - size), read = readSync(file, more, 0, more.length, size);
      size += read;
      rest = Buffer.concat([rest, more.subarray(0, read)]);
    } finally {
      closeSync(file);
    }
    const end = rest.lastIndexOf('\n') + 1;
    for (const line of rest.toString('utf8', 0, end).split('\n').slice(0, -1)) lines.push(JSON.parse(line));
    rest = rest.subarray(end);
    return lines.slice();
  };
}

// The options, and the settings of the system under test.
import { parseArgs } from 'node:util';

export const usage = `Usage: bench/run [OPTION]...
Measures the programs in BUILD_DIR (var/build) and writes bench-result.txt,
bench-result.json and bench/report.html there.

  --rounds N    rounds; the median of their figures counts (5)
  --seconds S   seconds of each measurement (5)
  --quick       2 rounds of 2 seconds, to see whether it works
  --only TEXT   only measurements with TEXT in their name
  --help        print this`;

function fail(message) {
  console.error(`bench: ${message}; see --help`);
  process.exit(2);
}

function read() {
  try {
    return parseArgs({
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        only: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function count(name, text, otherwise) {
  const n = Number(text ?? otherwise);
  if (!Number.isInteger(n) || n < 1 || n > 600) fail(`--${name} takes a number from 1 to 600`);
  return n;
}

const given = read();

export const options = {
  help: given.help,
  only: given.only,
  rounds: count('rounds', given.rounds, given.quick ? 2 : 5),
  seconds: count('seconds', given.seconds, given.quick ? 2 : 5),
  // Under load, but not measured, before each measurement of orders.
  lead: given.quick ? 1 : 2,
};

// No limit is reached, and all workers run from the start.
export const settings = {
  SITE_RATE: 100000,
  SITE_BURST: 100000,
  SITE_DOOR_RATE: 100000,
  SITE_DOOR_BURST: 100000,
  DATABASE_POOL_MIN: 16,
  DATABASE_POOL_MAX: 16,
};

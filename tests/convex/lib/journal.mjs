// What has been called: a log of calls, and sums.
const LOG_MAX = 10000;

export function makeJournal() {
  const log = [];
  const connections = new Set();
  let stats;

  function clear() {
    log.length = 0;
    connections.clear();
    stats = { calls: 0, mutations: 0, rows: 0, bytes: 0, refused: 0, since: Date.now() };
  }
  clear();

  const changesOf = (args) => {
    const changes = Array.isArray(args) ? args[0]?.changes : args?.changes;
    return Array.isArray(changes) ? changes : [];
  };

  return {
    log,
    get stats() {
      return { ...stats, connections: connections.size };
    },
    clear,
    /** A call's end. entry: {kind, path, args, status, result, bytes, connection, fault}; keep: in the log, too. */
    note({ args, ...entry }, keep) {
      const changes = changesOf(args);
      connections.add(entry.connection);
      stats.calls += 1;
      stats.bytes += entry.bytes;
      if (entry.result === 'success') {
        stats.rows += changes.length;
        if (entry.kind === 'mutation') stats.mutations += 1;
      } else {
        stats.refused += 1;
      }
      if (!keep || log.length >= LOG_MAX) return;
      log.push({ at: Date.now(), ...entry, rows: changes.length, pgIds: changes.map((c) => c?.doc?.pgId ?? c?.pgId) });
    },
  };
}

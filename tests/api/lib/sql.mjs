// A superuser's session with a system's database that is kept from query to
// query: a psql for each query takes most of the time of a test that checks many.
import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import { patience } from './until.mjs';

/**
 * Queries to a database: run(query) returns the rows of all its statements as
 * arrays of PostgreSQL's own text, '' for NULL, or throws. Each query begins with
 * a session as new. It waits, as nothing else in the test should go on meanwhile;
 * not for ever, since a test that has failed may have left what it holds.
 * Connects for the first query, and again when the connection was lost.
 */
export function sqlSession(url) {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const { port1: port, port2 } = new MessageChannel();
  const worker = new Worker(new URL('sql_worker.mjs', import.meta.url), { workerData: { url, port: port2, state, lockTimeout: 30000 * patience }, transferList: [port2] });
  worker.unref();
  port.unref();
  return {
    url,
    run(query) {
      Atomics.store(state, 0, 0);
      port.postMessage(query);
      while (Atomics.load(state, 0) === 0) Atomics.wait(state, 0, 0); // the notice of the answer before may come as late as now
      const { message: { rows, error } } = receiveMessageOnPort(port);
      if (error !== undefined) throw new Error(`${error}\nin: ${query}`);
      return rows;
    },
    end: () => worker.terminate(),
  };
}

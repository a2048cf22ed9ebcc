// What goes wrong on demand: a queue of faults, each for the next calls.
import { HttpError } from './errors.mjs';

const kinds = ['status', 'drop_before', 'drop_after', 'hang', 'delay', 'hold', 'release', 'poison', 'heal'];

/**
 * poison: the set of pgIds whose changes make their function throw. A call that
 * is held goes on when all are released, or, with drop: true, is dropped then.
 */
export function makeFaults(poison) {
  const queue = [], held = [];
  const release = () => held.splice(0).forEach((goOn) => goOn());

  function addOne(fault) {
    if (!kinds.includes(fault?.kind)) throw new HttpError(400, 'BadFault', `kind: one of ${kinds.join(', ')}`);
    if (fault.kind === 'status' && !Number.isInteger(fault.status)) throw new HttpError(400, 'BadFault', 'status: a number');
    if ((fault.kind === 'poison' || fault.kind === 'heal') && typeof fault.pgId !== 'string') throw new HttpError(400, 'BadFault', 'pgId: a text');
    if (fault.kind === 'poison') poison.add(fault.pgId);
    else if (fault.kind === 'heal') poison.delete(fault.pgId);
    else if (fault.kind === 'release') release();
    else queue.push({ ...fault, times: fault.times ?? 1 });
  }

  /** The fault of a call of this function, if there is one; times: 0 is for ever. */
  function take(path) {
    const i = queue.findIndex((fault) => fault.path === undefined || fault.path === path);
    if (i < 0) return undefined;
    const fault = queue[i];
    if (fault.times > 0 && --fault.times === 0) queue.splice(i, 1);
    return fault;
  }

  return {
    add(faults) {
      for (const fault of [].concat(faults)) addOne(fault);
      return { queued: queue.length, poisoned: [...poison] };
    },
    take,
    /** Until it is released. */
    hold: () => new Promise((done) => held.push(done)),
    clear() {
      release();
      queue.length = 0;
      poison.clear();
    },
  };
}

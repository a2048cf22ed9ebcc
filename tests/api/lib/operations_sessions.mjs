// What happens to tables: guests come, tables are moved and merged, and closed.
import assert from 'node:assert/strict';
import { get } from './client.mjs';
import { homeOf, seated, tokenFor, touch } from './known.mjs';

const gone = ['session_closed', 'session_ended'];

/** The party's place is empty; what it had is elsewhere. */
const leave = (party) => Object.assign(party, { session: null, pin: null, diners: [] });

const intruder = (world, { house }, who) =>
  ({ kitchen: house.tokens.kitchen, stranger: world.parties.find((p) => p.house !== house).house.tokens.waiter })[who] ?? world.diners.get(who);

const close = {
  keyed: true,
  draw: (world, party) => (seated(party) ? { session: party.session } : null),
  learn(world, party, { session }) {
    const place = world.parties.find((p) => p.session === session);
    if (place) leave(place);
    touch(world, session);
  },
};

export const sessionOperations = {
  seat: {
    keyed: true,
    draw: (world, party) => (seated(party) ? null : {}),
    request: (world, party) => ({ method: 'POST', path: `/api/tables/${party.table}/session`, token: tokenFor(party) }),
    learn(world, party, args, { session, pin }) {
      world.sessions.set(session.id, { house: party.house, into: null, touched: true });
      Object.assign(party, { session: session.id, pin, diners: [] });
    },
    refusals: ['session_active'],
  },
  join: {
    keyed: true,
    draw: (world, party, r) => (seated(party) && party.diners.length < 4 ? { pin: party.pin, display_name: r.from(['Asha', 'Bela', 'Chen', 'Dario']) } : null),
    request: (world, party, args) => ({ method: 'POST', path: `/api/r/${party.house.path}/sessions/join`, body: { code: party.code, ...args } }),
    learn(world, party, args, { session, diner, token }) {
      const there = world.parties.find((p) => p.session === homeOf(world, session.id));
      world.diners.set(diner.id, token);
      there?.diners.push(diner.id);
    },
    document: (world, party, args, { session, diner }) => ({ doc: 'join', session: session.id, diner: diner.id }),
    refusals: ['wrong_pin', 'pin_locked', ...gone],
  },
  // Who may not: the kitchen, a guest, and those of the other restaurant.
  intrude: {
    draw(world, party, r) {
      return seated(party) ? { session: party.session, who: r.from(['kitchen', 'stranger', ...party.diners]) } : null;
    },
    request: (world, party, { session, who }) => ({ method: 'POST', path: '/api/payments', token: intruder(world, party, who), body: { session_id: session, amount: 1, method: 'cash' } }),
    learn: () => assert.fail('a stranger has paid'),
    refusals: ['insufficient_role', 'validation_failed', 'session_ended'],
  },
  merge: {
    keyed: true,
    draw(world, party, r) {
      const others = world.parties.filter((p) => p !== party && p.house === party.house && seated(p));
      return seated(party) && others.length > 0 ? { from: party.session, into: r.from(others).session } : null;
    },
    request: (world, party, { from, into }) => ({ method: 'POST', path: `/api/sessions/${from}/merge`, token: tokenFor(party), body: { session_id: into } }),
    learn(world, party, { from, into }) {
      world.sessions.get(from).into = into;
      const source = world.parties.find((p) => p.session === from);
      world.parties.find((p) => p.session === homeOf(world, into))?.diners.push(...(source?.diners ?? []));
      if (source) leave(source);
      touch(world, into);
    },
    document: (world, party, { from, into }) => ({ doc: 'merge', from, to: into }),
    refusals: ['session_closed', 'conflict', 'already_receipted'],
  },
  move: {
    keyed: true,
    draw(world, party, r) {
      const free = world.parties.filter((p) => p.house === party.house && !seated(p));
      return seated(party) && free.length > 0 ? { session: party.session, to: world.parties.indexOf(r.from(free)) } : null;
    },
    request: (world, party, { session, to }) => ({ method: 'POST', path: `/api/sessions/${session}/move`, token: tokenFor(party), body: { table_id: world.parties[to].table } }),
    learn(world, party, { session, to }) {
      const source = world.parties.find((p) => p.session === session);
      if (!source) return; // it has ended meanwhile
      const { pin, diners } = source;
      leave(source);
      Object.assign(world.parties[to], { session, pin, diners });
    },
    refusals: ['session_active', 'session_closed'],
  },
  // Time passes: what owes, or is owed, goes on as overdue; the others are over.
  run_out: {
    draw: (world, party) => (seated(party) ? { session: party.session } : null),
    async send(world, party, { session }) {
      world.stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${session}' AND status = 'active'`);
      return get(world.stack, `/api/sessions/${session}`, { token: tokenFor(party) });
    },
    learn(world, party, { session }, { status }) {
      const place = world.parties.find((p) => p.session === session);
      if (place && status !== 'active') leave(place);
      touch(world, session);
    },
    refusals: [],
  },
  extend: {
    draw: (world, party) => (seated(party) ? { session: party.session } : null),
    request: (world, party, { session }) => ({ method: 'POST', path: `/api/sessions/${session}/extend`, token: tokenFor(party), body: { minutes: 180 } }),
    learn: () => {},
    refusals: ['session_closed'],
  },
  close: {
    ...close,
    request: (world, party, { session }) => ({ method: 'POST', path: `/api/sessions/${session}/close`, token: tokenFor(party), body: {} }),
    refusals: ['unpaid_orders', 'refund_due', 'session_closed'],
  },
  force: {
    ...close,
    request: (world, party, { session }) => ({ method: 'POST', path: `/api/sessions/${session}/close`, token: tokenFor(party, 'manager'), body: { force: true, reason: 'they left' } }),
    refusals: ['session_closed'],
  },
};

// What staff and guests read besides the menu, and sign-ins: the product's side,
// and for the reads a limit made of their own statements.
import { expectStatus, get, post } from '../tests/api/lib/client.mjs';
import { makeReadLimit } from './limit.mjs';
import { runWrk } from './load.mjs';
import { options } from './options.mjs';
import { slug } from './restaurants.mjs';
import { readCpu, subtractCpu } from './usage.mjs';

const model = 'spice-garden';

function account(stack, restaurant) {
  const { email, password } = stack.restaurant(model).accounts.find((a) => a.role === 'waiter');
  return { restaurant: slug(restaurant), email, password };
}

/** A new token: one expires before the last round ends. */
const signIn = async (stack, body) => expectStatus(await post(stack, '/api/auth/login', { body }), 200).json.access_token;

/** Sets up {list, bill, login} of the crowd's first restaurant; its bill has four orders. */
export async function prepareReads(bench, crowd) {
  const { stack } = bench, place = crowd.places[0], body = account(stack, crowd.first), token = await signIn(stack, body);
  for (let i = 0; i < 4; i++) expectStatus(await post(stack, '/api/orders', { token: place.token, body: bench.order }), 201);
  const reads = [
    { name: 'list', path: '/api/orders?limit=50', statement: 'ORDERS_LIST' },
    { name: 'bill', path: `/api/sessions/${place.session.id}/bill`, statement: 'SESSION_BILL' },
  ];
  bench.reads = { login: { path: '/api/auth/login', body } };
  for (const read of reads) bench.reads[read.name] = { ...read, account: body, limit: await makeReadLimit(bench, { ...read, token }) };
}

/** One measurement, as measureOrders(). */
export async function measureRead({ stack, groups, reads }, name, connections) {
  const { path, account: reader, body } = reads[name], token = reader && await signIn(stack, reader);
  const env = body ? { BENCH_POST: JSON.stringify(body) } : {};
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (token) expectStatus(await get(stack, path, { token, documented: false }), 200);
  await runWrk(stack.url + path, connections, 1, env, headers);
  const cpu = readCpu(groups);
  const result = await runWrk(stack.url + path, connections, options.seconds, env, headers);
  result.cpu = subtractCpu(readCpu(groups), cpu, result.requests);
  await new Promise((done) => setTimeout(done, 1500)); // requests that wrk left are still being served
  return result;
}

// Orders as they arrive in the mirror, by Convex's official client: signs in as
// staff, subscribes, prints a line whenever an order is new or has changed.
//   node tests/convex/watch.mjs --api URL --convex URL --restaurant SLUG --email EMAIL --password PASSWORD
import { parseArgs } from 'node:util';
import { load } from './lib/modules.mjs';

const { ConvexClient } = await load('convex/browser');
const { anyApi } = await load('convex/server');
const { WebSocket } = await load('ws');

const text = { type: 'string' };
const { values: options } = parseArgs({ options: { api: text, convex: text, restaurant: text, email: text, password: text } });

async function signIn() {
  const response = await fetch(`${options.api}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ restaurant: options.restaurant, email: options.email, password: options.password }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

const { user } = await signIn();
const client = new ConvexClient(options.convex, { webSocketConstructor: WebSocket, unsavedChangesWarning: false });
client.setAuth(async () => (await signIn()).access_token);
const seen = new Map();
for (const status of ['pending', 'confirmed', 'preparing', 'ready', 'served']) {
  client.onUpdate(anyApi.orders.live, { restaurantId: user.restaurant_id, status }, (orders) => {
    for (const order of orders) {
      if (seen.get(order.pgId) === order.version) continue;
      seen.set(order.pgId, order.version);
      const lines = order.items.map((line) => `${line.quantity} x ${line.name}`).join(', ');
      console.log(`${new Date().toISOString()}  order ${order.orderNumber} is ${order.status}: ${lines}`);
    }
  });
}
console.log('Waiting for orders.');

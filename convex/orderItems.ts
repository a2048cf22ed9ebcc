// Lines of orders: the kitchen's screen.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireStaff } from './access';

const ORDERS_MAX = 200;

/** The lines still to be made, oldest order first; of one station if asked for. Staff. */
export const kitchen = query({
  args: { restaurantId: v.string(), station: v.optional(v.string()) },
  handler: async (ctx, { restaurantId, station }) => {
    await requireStaff(ctx, restaurantId);
    const open = [];
    for (const status of ['pending', 'confirmed', 'preparing'] as const) {
      open.push(
        ...(await ctx.db
          .query('orders')
          .withIndex('by_restaurant_status', (q) => q.eq('restaurantId', restaurantId).eq('status', status))
          .take(ORDERS_MAX)),
      );
    }
    open.sort((a, b) => a.createdAt - b.createdAt || (a.pgId < b.pgId ? -1 : 1));
    return open.flatMap((order) =>
      order.items
        .filter((line) => line.status === 'pending' || line.status === 'preparing')
        .filter((line) => station === undefined || line.station === station)
        .map((line) => ({
          ...line,
          orderId: order.pgId,
          orderNumber: order.orderNumber,
          orderStatus: order.status,
          orderType: order.orderType,
          orderVersion: order.version,
          tableId: order.tableId,
          orderedAt: order.createdAt,
          orderInstructions: order.specialInstructions,
        })),
    );
  },
});

// Orders, with their lines.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCaller, requireSession, requireStaff } from './access';
import { orderStatus } from './model';

const LIVE_MAX = 200;
const SESSION_MAX = 200;

/** A restaurant's orders in one state, oldest first. Staff. */
export const live = query({
  args: { restaurantId: v.string(), status: orderStatus },
  handler: async (ctx, { restaurantId, status }) => {
    await requireStaff(ctx, restaurantId);
    return await ctx.db
      .query('orders')
      .withIndex('by_restaurant_status', (q) => q.eq('restaurantId', restaurantId).eq('status', status))
      .take(LIVE_MAX);
  },
});

/** A table session's orders, oldest first. Staff, and the session's diners. */
export const bySession = query({
  args: { restaurantId: v.string(), sessionId: v.string() },
  handler: async (ctx, { restaurantId, sessionId }) => {
    await requireSession(ctx, restaurantId, sessionId);
    return await ctx.db
      .query('orders')
      .withIndex('by_restaurant_session', (q) => q.eq('restaurantId', restaurantId).eq('sessionId', sessionId))
      .take(SESSION_MAX);
  },
});

/** One order; null if there is none that the caller may see. Staff, and its session's diners. */
export const get = query({
  args: { restaurantId: v.string(), pgId: v.string() },
  handler: async (ctx, { restaurantId, pgId }) => {
    const caller = await requireCaller(ctx, restaurantId);
    const order = await ctx.db
      .query('orders')
      .withIndex('by_restaurant_pg_id', (q) => q.eq('restaurantId', restaurantId).eq('pgId', pgId))
      .unique();
    return caller.role === 'diner' && order?.sessionId !== caller.sessionId ? null : order;
  },
});

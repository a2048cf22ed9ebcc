// Sessions of tables.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCaller } from './access';

const SESSIONS_MAX = 500;

/** Staff: the active sessions, oldest first. A diner: their own, whatever its state. */
export const current = query({
  args: { restaurantId: v.string() },
  handler: async (ctx, { restaurantId }) => {
    const caller = await requireCaller(ctx, restaurantId);
    if (caller.role === 'diner') {
      return await ctx.db
        .query('sessions')
        .withIndex('by_restaurant_pg_id', (q) => q.eq('restaurantId', restaurantId).eq('pgId', caller.sessionId))
        .take(1);
    }
    return await ctx.db
      .query('sessions')
      .withIndex('by_restaurant_status', (q) => q.eq('restaurantId', restaurantId).eq('status', 'active'))
      .take(SESSIONS_MAX);
  },
});

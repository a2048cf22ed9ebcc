// The dining room's tables.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireStaff } from './access';

const TABLES_MAX = 1000;

/** A restaurant's tables by name. Staff. */
export const list = query({
  args: { restaurantId: v.string() },
  handler: async (ctx, { restaurantId }) => {
    await requireStaff(ctx, restaurantId);
    return await ctx.db
      .query('tables')
      .withIndex('by_restaurant_name', (q) => q.eq('restaurantId', restaurantId))
      .take(TABLES_MAX);
  },
});

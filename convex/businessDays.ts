// Closed business days.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireManager } from './access';

const DAYS_MAX = 400;

/** Closed business days between two dates, the latest first. Managers and owners. */
export const list = query({
  args: { restaurantId: v.string(), from: v.string(), to: v.string() },
  handler: async (ctx, { restaurantId, from, to }) => {
    await requireManager(ctx, restaurantId);
    return await ctx.db
      .query('businessDays')
      .withIndex('by_restaurant_date', (q) => q.eq('restaurantId', restaurantId).gte('businessDate', from).lte('businessDate', to))
      .order('desc')
      .take(DAYS_MAX);
  },
});

// Drawers of cash.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCashier } from './access';

const DRAWERS_MAX = 200;

/** The drawers that were opened on a business day, in the order in which they came. Cashiers, managers and owners. */
export const byDay = query({
  args: { restaurantId: v.string(), businessDate: v.string() },
  handler: async (ctx, { restaurantId, businessDate }) => {
    await requireCashier(ctx, restaurantId);
    return await ctx.db
      .query('drawers')
      .withIndex('by_restaurant_date', (q) => q.eq('restaurantId', restaurantId).eq('businessDate', businessDate))
      .take(DRAWERS_MAX);
  },
});

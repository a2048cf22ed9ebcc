// The menu's categories.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCaller } from './access';

const CATEGORIES_MAX = 500;

/** A restaurant's categories in the menu's order. Staff and diners. */
export const list = query({
  args: { restaurantId: v.string() },
  handler: async (ctx, { restaurantId }) => {
    await requireCaller(ctx, restaurantId);
    return await ctx.db
      .query('menuCategories')
      .withIndex('by_restaurant_position', (q) => q.eq('restaurantId', restaurantId))
      .take(CATEGORIES_MAX);
  },
});

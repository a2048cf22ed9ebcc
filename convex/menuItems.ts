// The menu's items.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCaller } from './access';

const ITEMS_MAX = 2000;

/** A restaurant's items in the menu's order; of one category if asked for. Staff and diners. */
export const list = query({
  args: { restaurantId: v.string(), categoryId: v.optional(v.string()) },
  handler: async (ctx, { restaurantId, categoryId }) => {
    await requireCaller(ctx, restaurantId);
    if (categoryId === undefined) {
      return await ctx.db
        .query('menuItems')
        .withIndex('by_restaurant_position', (q) => q.eq('restaurantId', restaurantId))
        .take(ITEMS_MAX);
    }
    return await ctx.db
      .query('menuItems')
      .withIndex('by_restaurant_category', (q) => q.eq('restaurantId', restaurantId).eq('categoryId', categoryId))
      .take(ITEMS_MAX);
  },
});

// The options of the menu's items, with their values.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireCaller } from './access';

const OPTIONS_MAX = 100;

/** An item's options in their order. Staff and diners. */
export const byItem = query({
  args: { restaurantId: v.string(), menuItemId: v.string() },
  handler: async (ctx, { restaurantId, menuItemId }) => {
    await requireCaller(ctx, restaurantId);
    return await ctx.db
      .query('menuItemOptions')
      .withIndex('by_restaurant_item', (q) => q.eq('restaurantId', restaurantId).eq('menuItemId', menuItemId))
      .take(OPTIONS_MAX);
  },
});

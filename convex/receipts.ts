// Receipts and credit notes.
import { v } from 'convex/values';
import { query } from './_generated/server';
import { requireStaff } from './access';

const RECEIPTS_MAX = 200;

/** A table session's receipts and credit notes, oldest first. Staff except the kitchen. */
export const bySession = query({
  args: { restaurantId: v.string(), sessionId: v.string() },
  handler: async (ctx, { restaurantId, sessionId }) => {
    await requireStaff(ctx, restaurantId, 'kitchen');
    return await ctx.db
      .query('receipts')
      .withIndex('by_restaurant_session', (q) => q.eq('restaurantId', restaurantId).eq('sessionId', sessionId))
      .take(RECEIPTS_MAX);
  },
});

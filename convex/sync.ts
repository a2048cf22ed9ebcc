// What orderzap-sync calls, with a deploy key: internal functions, which no
// client can reach.
import { ConvexError, v, type Infer } from 'convex/values';
import { internalMutation, internalQuery, type MutationCtx } from './_generated/server';
import { change, entity, tableOf, type Change } from './model';

const outcome = v.union(v.literal('applied'), v.literal('deleted'), v.literal('stale'));
type Outcome = Infer<typeof outcome>;

// Far below a mutation's limits for reading and writing.
const CHANGES_MAX = 1000;
const REAP_MAX = 1000;
const VERSIONS_MAX = 1000;
const VERSIONS_BYTES_MAX = 4 * 1024 * 1024;

const keyOf = (c: Change) => (c.op === 'upsert' ? c.doc : c);

async function findRow(ctx: MutationCtx, c: Change) {
  const { restaurantId, pgId } = keyOf(c);
  return await ctx.db
    .query(tableOf[c.entity])
    .withIndex('by_restaurant_pg_id', (q) => q.eq('restaurantId', restaurantId).eq('pgId', pgId))
    .unique();
}

async function findTombstone(ctx: MutationCtx, c: Change) {
  const { restaurantId, pgId } = keyOf(c);
  return await ctx.db
    .query('tombstones')
    .withIndex('by_row', (q) => q.eq('entity', c.entity).eq('restaurantId', restaurantId).eq('pgId', pgId))
    .unique();
}

// A change counts only if its version is above that of the row or tombstone
// there is: so repeats and another order have the same result.
async function applyOne(ctx: MutationCtx, c: Change): Promise<Outcome> {
  const { restaurantId, pgId, version } = keyOf(c);
  const row = await findRow(ctx, c);
  if (row !== null && row.version >= version) return 'stale';
  if (c.op === 'upsert' && row !== null) {
    // Not patched: what became NULL must go.
    await ctx.db.replace(row._id, c.doc);
    return 'applied';
  }
  const grave = await findTombstone(ctx, c);
  if (grave !== null && grave.version >= version) return 'stale';
  if (c.op === 'upsert') {
    if (grave !== null) await ctx.db.delete(grave._id);
    await ctx.db.insert(tableOf[c.entity], c.doc);
    return 'applied';
  }
  if (row !== null) await ctx.db.delete(row._id);
  const tombstone = { entity: c.entity, pgId, restaurantId, version, deletedAt: Date.now() };
  if (grave !== null) await ctx.db.replace(grave._id, tombstone);
  else await ctx.db.insert('tombstones', tombstone);
  return 'deleted';
}

/** Takes a batch whole or not at all; returns what became of each change. */
export const applyBatch = internalMutation({
  args: { changes: v.array(change) },
  returns: v.object({ outcomes: v.array(outcome) }),
  handler: async (ctx, { changes }) => {
    if (changes.length > CHANGES_MAX) throw new ConvexError({ code: 'BATCH_TOO_LARGE', max: CHANGES_MAX });
    const outcomes: Outcome[] = [];
    for (const c of changes) outcomes.push(await applyOne(ctx, c));
    return { outcomes };
  },
});

/** Deletes tombstones from before a time; returns how many: less than limit if none is left. */
export const reapTombstones = internalMutation({
  args: { before: v.number(), limit: v.number() },
  returns: v.number(),
  handler: async (ctx, { before, limit }) => {
    const old = await ctx.db
      .query('tombstones')
      .withIndex('by_deleted_at', (q) => q.lt('deletedAt', before))
      .take(Math.min(limit, REAP_MAX));
    for (const grave of old) await ctx.db.delete(grave._id);
    return old.length;
  },
});

/**
 * The versions of a restaurant's rows, by pgId, those after a pgId. May hold
 * fewer than limit even if there are more: see done.
 */
export const versions = internalQuery({
  args: { entity, restaurantId: v.string(), after: v.union(v.string(), v.null()), limit: v.number() },
  returns: v.object({
    rows: v.array(v.object({ pgId: v.string(), version: v.number() })),
    done: v.boolean(),
  }),
  handler: async (ctx, { entity, restaurantId, after, limit }) => {
    const found = ctx.db
      .query(tableOf[entity])
      .withIndex('by_restaurant_pg_id', (q) => q.eq('restaurantId', restaurantId).gt('pgId', after ?? ''));
    const most = Math.max(1, Math.min(limit, VERSIONS_MAX));
    const rows: { pgId: string; version: number }[] = [];
    let bytes = 0;
    for await (const row of found) {
      if (rows.length >= most || bytes > VERSIONS_BYTES_MAX) return { rows, done: false };
      rows.push({ pgId: row.pgId, version: row.version });
      bytes += JSON.stringify(row).length;
    }
    return { rows, done: true };
  },
});

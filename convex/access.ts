// The caller: the claims of a token of OrderZap, which Convex has verified as
// auth.config.ts says.
import { ConvexError } from 'convex/values';
import type { QueryCtx } from './_generated/server';

const staffRoles = ['owner', 'manager', 'cashier', 'waiter', 'kitchen'] as const;
type StaffRole = (typeof staffRoles)[number];

export type Caller =
  | { role: StaffRole; restaurantId: string; sessionId: null }
  | { role: 'diner'; restaurantId: string; sessionId: string };

const forbidden = () => new ConvexError({ code: 'FORBIDDEN' });
const isStaffRole = (role: unknown): role is StaffRole => staffRoles.includes(role as StaffRole);

/** Staff of the restaurant, or a diner at one of its tables; all others are refused. */
export async function requireCaller(ctx: QueryCtx, restaurantId: string): Promise<Caller> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null || restaurantId === '' || identity.restaurantId !== restaurantId) throw forbidden();
  const { role, sessionId } = identity;
  if (isStaffRole(role)) return { role, restaurantId, sessionId: null };
  if (role === 'diner' && typeof sessionId === 'string' && sessionId !== '') return { role, restaurantId, sessionId };
  throw forbidden();
}

/** Staff of the restaurant; except: a role that is refused, too. */
export async function requireStaff(ctx: QueryCtx, restaurantId: string, except?: StaffRole): Promise<void> {
  const { role } = await requireCaller(ctx, restaurantId);
  if (role === 'diner' || role === except) throw forbidden();
}

/** Managers and owners of the restaurant. */
export async function requireManager(ctx: QueryCtx, restaurantId: string): Promise<void> {
  const { role } = await requireCaller(ctx, restaurantId);
  if (role !== 'manager' && role !== 'owner') throw forbidden();
}

/** Cashiers, managers and owners of the restaurant. */
export async function requireCashier(ctx: QueryCtx, restaurantId: string): Promise<void> {
  const { role } = await requireCaller(ctx, restaurantId);
  if (role !== 'cashier' && role !== 'manager' && role !== 'owner') throw forbidden();
}

/** Staff of the restaurant, or a diner of this session. */
export async function requireSession(ctx: QueryCtx, restaurantId: string, sessionId: string): Promise<void> {
  const caller = await requireCaller(ctx, restaurantId);
  if (caller.role === 'diner' && caller.sessionId !== sessionId) throw forbidden();
}

/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";
import type * as access from "../access.js";
import type * as businessDays from "../businessDays.js";
import type * as drawers from "../drawers.js";
import type * as menuCategories from "../menuCategories.js";
import type * as menuItemOptions from "../menuItemOptions.js";
import type * as menuItems from "../menuItems.js";
import type * as model from "../model.js";
import type * as orderItems from "../orderItems.js";
import type * as orders from "../orders.js";
import type * as payments from "../payments.js";
import type * as receipts from "../receipts.js";
import type * as sessions from "../sessions.js";
import type * as sync from "../sync.js";
import type * as tables from "../tables.js";

/**
 * A utility for referencing Convex functions in your app's API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
declare const fullApi: ApiFromModules<{
  access: typeof access;
  businessDays: typeof businessDays;
  drawers: typeof drawers;
  menuCategories: typeof menuCategories;
  menuItemOptions: typeof menuItemOptions;
  menuItems: typeof menuItems;
  model: typeof model;
  orderItems: typeof orderItems;
  orders: typeof orders;
  payments: typeof payments;
  receipts: typeof receipts;
  sessions: typeof sessions;
  sync: typeof sync;
  tables: typeof tables;
}>;
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

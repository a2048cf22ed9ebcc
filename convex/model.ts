// What the mirror holds, as validators that the schema and the sync share. A
// document is made by the SQL function sync_doc: money in minor units, times in
// milliseconds since 1970; what is NULL in PostgreSQL is left out.
import { v, type Infer } from 'convex/values';

/** What every mirrored row has; version is its bigint version in PostgreSQL. */
const mirrored = {
  pgId: v.string(),
  restaurantId: v.string(),
  version: v.number(),
  updatedAt: v.number(),
};

export const orderStatus = v.union(
  v.literal('pending'),
  v.literal('confirmed'),
  v.literal('preparing'),
  v.literal('ready'),
  v.literal('served'),
  v.literal('completed'),
  v.literal('cancelled'),
);

const lineStatus = v.union(
  v.literal('pending'),
  v.literal('preparing'),
  v.literal('ready'),
  v.literal('served'),
  v.literal('cancelled'),
);

/** A line of an order, which is part of the order's document. */
export const orderItem = v.object({
  pgId: v.string(),
  menuItemId: v.string(),
  name: v.string(),
  price: v.number(),
  quantity: v.number(),
  // Of these, how many were not made or not served.
  voidedQuantity: v.optional(v.number()),
  subtotal: v.number(),
  station: v.optional(v.string()),
  status: lineStatus,
  specialInstructions: v.optional(v.string()),
  options: v.array(v.object({ name: v.string(), value: v.string(), quantity: v.optional(v.number()) })),
});

/** What happened to an order after it was placed: what it moved the order's total by. */
export const adjustment = v.object({
  pgId: v.string(),
  kind: v.string(),
  itemId: v.optional(v.string()),
  quantity: v.optional(v.number()),
  reason: v.optional(v.string()),
  totalAmount: v.number(),
  businessDate: v.string(),
  createdAt: v.number(),
});

// Fields that came later are optional: documents from before do not have them.
export const order = v.object({
  ...mirrored,
  businessDate: v.string(),
  orderNumber: v.number(),
  tableId: v.optional(v.string()),
  sessionId: v.optional(v.string()),
  dinerId: v.optional(v.string()),
  orderType: v.union(v.literal('dine_in'), v.literal('takeaway')),
  status: orderStatus,
  paymentStatus: v.union(
    v.literal('unpaid'),
    v.literal('partially_paid'),
    v.literal('paid'),
    v.literal('partially_refunded'),
    v.literal('refunded'),
  ),
  currency: v.string(),
  subtotal: v.number(),
  taxAmount: v.number(),
  tipAmount: v.number(),
  discountAmount: v.number(),
  depositUsed: v.number(),
  serviceChargeAmount: v.optional(v.number()),
  totalAmount: v.number(),
  // What it comes to by now: the total and the adjustments.
  adjustedTotal: v.optional(v.number()),
  adjustments: v.optional(v.array(adjustment)),
  notes: v.optional(v.string()),
  specialInstructions: v.optional(v.string()),
  createdAt: v.number(),
  items: v.array(orderItem),
});

export const menuCategory = v.object({
  ...mirrored,
  name: v.string(),
  description: v.optional(v.string()),
  position: v.number(),
});

export const menuItem = v.object({
  ...mirrored,
  categoryId: v.string(),
  name: v.string(),
  description: v.optional(v.string()),
  price: v.number(),
  position: v.number(),
  station: v.optional(v.string()),
  tags: v.array(v.string()),
  allergens: v.array(v.string()),
  imageUrl: v.optional(v.string()),
  isAvailable: v.boolean(),
  taxRatePpm: v.optional(v.number()),
  takeawayTaxRatePpm: v.optional(v.number()),
  itemCode: v.optional(v.string()),
});

export const menuItemOption = v.object({
  ...mirrored,
  menuItemId: v.string(),
  name: v.string(),
  position: v.number(),
  minSelect: v.number(),
  maxSelect: v.number(),
  allowRepeat: v.optional(v.boolean()),
  values: v.array(
    v.object({
      pgId: v.string(),
      name: v.string(),
      priceModifier: v.number(),
      isDefault: v.boolean(),
      isAvailable: v.boolean(),
    }),
  ),
});

export const table = v.object({
  ...mirrored,
  name: v.string(),
  seats: v.number(),
  zone: v.optional(v.string()),
});

export const session = v.object({
  ...mirrored,
  tableId: v.string(),
  status: v.union(v.literal('active'), v.literal('closed'), v.literal('expired')),
  openedBy: v.union(v.literal('diner'), v.literal('staff')),
  guestCount: v.optional(v.number()),
  expiresAt: v.number(),
  closedAt: v.optional(v.number()),
  createdAt: v.number(),
});

export const payment = v.object({
  ...mirrored,
  sessionId: v.optional(v.string()),
  purpose: v.optional(v.string()),
  amount: v.number(),
  roundingAmount: v.optional(v.number()),
  voidedAt: v.optional(v.number()),
  shareId: v.optional(v.string()),
  tipAmount: v.number(),
  refundedAmount: v.number(),
  refundedTipAmount: v.number(),
  currency: v.string(),
  method: v.union(
    v.literal('cash'),
    v.literal('card'),
    v.literal('upi'),
    v.literal('online'),
    v.literal('other'),
  ),
  flag: v.optional(
    v.union(
      v.literal('amount_differs'),
      v.literal('currency_differs'),
      v.literal('overpaid'),
      v.literal('duplicate_capture'),
    ),
  ),
  businessDate: v.string(),
  createdAt: v.number(),
  allocations: v.array(
    v.object({ orderId: v.string(), amount: v.number(), refundedAmount: v.number() }),
  ),
});

/** A business day that was closed, and what was sold on it. */
export const businessDay = v.object({
  ...mirrored,
  businessDate: v.string(),
  number: v.number(),
  closedAt: v.number(),
  wasForced: v.boolean(),
  currency: v.string(),
  orders: v.number(),
  totalAmount: v.number(),
});

/** A drawer of cash; what was expected and counted once it is closed. */
export const drawer = v.object({
  ...mirrored,
  name: v.optional(v.string()),
  staffId: v.string(),
  floatAmount: v.number(),
  currency: v.string(),
  businessDate: v.string(),
  openedAt: v.number(),
  closedAt: v.optional(v.number()),
  closedDate: v.optional(v.string()),
  expected: v.optional(v.number()),
  counted: v.optional(v.number()),
});

/** A receipt or a credit note, without what it says: that may name people. */
export const receipt = v.object({
  ...mirrored,
  kind: v.union(v.literal('receipt'), v.literal('credit_note')),
  reference: v.string(),
  businessDate: v.string(),
  totalAmount: v.number(),
  currency: v.string(),
  sessionId: v.optional(v.string()),
  shareId: v.optional(v.string()),
  orderIds: v.array(v.string()),
  correctsId: v.optional(v.string()),
  paymentId: v.optional(v.string()),
  issuedAt: v.number(),
  printedAt: v.optional(v.number()),
});

export const entity = v.union(
  v.literal('order'),
  v.literal('menu_category'),
  v.literal('menu_item'),
  v.literal('menu_item_option'),
  v.literal('table'),
  v.literal('session'),
  v.literal('payment'),
  v.literal('business_day'),
  v.literal('drawer'),
  v.literal('receipt'),
);

/** The table that holds an entity. */
export const tableOf = {
  order: 'orders',
  menu_category: 'menuCategories',
  menu_item: 'menuItems',
  menu_item_option: 'menuItemOptions',
  table: 'tables',
  session: 'sessions',
  payment: 'payments',
  business_day: 'businessDays',
  drawer: 'drawers',
  receipt: 'receipts',
} as const satisfies Record<Infer<typeof entity>, string>;

/** A deleted row: changes older than this version come too late. */
export const tombstone = v.object({
  entity,
  pgId: v.string(),
  restaurantId: v.string(),
  version: v.number(),
  deletedAt: v.number(),
});

const op = v.literal('upsert');

/** One entity as it is now in PostgreSQL. */
export const change = v.union(
  v.object({ op, entity: v.literal('order'), doc: order }),
  v.object({ op, entity: v.literal('menu_category'), doc: menuCategory }),
  v.object({ op, entity: v.literal('menu_item'), doc: menuItem }),
  v.object({ op, entity: v.literal('menu_item_option'), doc: menuItemOption }),
  v.object({ op, entity: v.literal('table'), doc: table }),
  v.object({ op, entity: v.literal('session'), doc: session }),
  v.object({ op, entity: v.literal('payment'), doc: payment }),
  v.object({ op, entity: v.literal('business_day'), doc: businessDay }),
  v.object({ op, entity: v.literal('drawer'), doc: drawer }),
  v.object({ op, entity: v.literal('receipt'), doc: receipt }),
  v.object({
    op: v.literal('delete'),
    entity,
    pgId: v.string(),
    restaurantId: v.string(),
    version: v.number(),
  }),
);

export type Change = Infer<typeof change>;

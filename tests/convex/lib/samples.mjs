// Documents as the SQL function sync_doc makes them, and changes of them.

export const restaurant = '0193a0b0-0000-7000-8000-000000000001';
export const otherRestaurant = '0193a0b0-0000-7000-8000-000000000002';

/** The nth id of a kind: valid, and in order. */
export const id = (n, kind = 0) => `0193a0b1-0000-7000-8${String(kind).padStart(3, '0')}-${String(n).padStart(12, '0')}`;

const base = (n, kind, version) => ({ pgId: id(n, kind), restaurantId: restaurant, version, updatedAt: 1790000000000 + version });

const line = (n, k) => ({
  pgId: id(100 * n + k, 9), menuItemId: id(k, 3), name: 'Masala Dosa', price: 12000, quantity: 2, voidedQuantity: 1, subtotal: 24000,
  station: k % 2 ? 'hot' : 'cold', status: 'pending', specialInstructions: 'No onions', options: [{ name: 'आकार', value: 'Large', quantity: 2 }],
});

const adjustment = (n, k) => ({
  pgId: id(100 * n + k, 10), kind: 'void', itemId: id(100 * n + k, 9), quantity: 1, reason: 'Cold', totalAmount: -12000,
  businessDate: '2026-11-22', createdAt: 1790000000000 + n,
});

const makers = {
  order: (n, version) => ({
    ...base(n, 1, version), businessDate: '2026-11-22', orderNumber: n, tableId: id(1, 5), sessionId: id(1, 6), dinerId: id(1, 7),
    orderType: 'dine_in', status: 'pending', paymentStatus: 'unpaid', currency: 'INR', subtotal: 48000, taxAmount: 2400,
    tipAmount: 0, discountAmount: 0, depositUsed: 0, serviceChargeAmount: 0, totalAmount: 50400,
    adjustedTotal: 38400, adjustments: [adjustment(n, 1)], notes: 'Birthday', specialInstructions: 'All at once',
    createdAt: 1790000000000 + n, items: [line(n, 1), line(n, 2)],
  }),
  menu_category: (n, version) => ({ ...base(n, 2, version), name: `Category ${n}`, description: 'Hot', position: n }),
  menu_item: (n, version) => ({
    ...base(n, 3, version), categoryId: id(1, 2), name: `Item ${n}`, description: 'Crisp', price: 12000, position: n, station: 'hot',
    tags: ['vegan'], allergens: ['nuts'], imageUrl: 'https://example.com/dosa.jpg', isAvailable: true, taxRatePpm: 50000, takeawayTaxRatePpm: 50000, itemCode: '996331',
  }),
  menu_item_option: (n, version) => ({
    ...base(n, 4, version), menuItemId: id(1, 3), name: 'Size', position: n, minSelect: 1, maxSelect: 1, allowRepeat: true,
    values: [{ pgId: id(n, 8), name: 'Large', priceModifier: 2000, isDefault: true, isAvailable: true }],
  }),
  table: (n, version) => ({ ...base(n, 5, version), name: `T${n}`, seats: 4, zone: 'Terrace' }),
  session: (n, version) => ({
    ...base(n, 6, version), tableId: id(1, 5), status: 'active', openedBy: 'diner', guestCount: 4, expiresAt: 1790010000000,
    createdAt: 1790000000000 + n,
  }),
  business_day: (n, version) => ({
    ...base(n, 15, version), businessDate: `2026-11-${String(n).padStart(2, '0')}`, number: n, closedAt: 1790000000000 + n, wasForced: false,
    currency: 'INR', orders: 40, totalAmount: 2016000,
  }),
  drawer: (n, version) => ({
    ...base(n, 13, version), name: 'Bar', staffId: id(1, 14), floatAmount: 20000, currency: 'INR', businessDate: '2026-11-22', openedAt: 1790000000000 + n,
    closedAt: 1790000001000 + n, closedDate: '2026-11-22', expected: 45000, counted: 44900,
  }),
  payment: (n, version) => ({
    ...base(n, 7, version), sessionId: id(1, 6), shareId: id(1, 11), purpose: 'bill', amount: 50400, roundingAmount: 0, voidedAt: 1790000000000, tipAmount: 0, refundedAmount: 0, refundedTipAmount: 0, currency: 'INR',
    method: 'upi', flag: 'overpaid', businessDate: '2026-11-22', createdAt: 1790000000000 + n,
    allocations: [{ orderId: id(1, 1), amount: 50400, refundedAmount: 0 }],
  }),
  receipt: (n, version) => ({
    ...base(n, 12, version), kind: 'receipt', reference: `2026-${String(n).padStart(6, '0')}`, businessDate: '2026-11-22', totalAmount: 50400, currency: 'INR',
    sessionId: id(1, 6), shareId: id(1, 11), orderIds: [id(1, 1)], correctsId: id(2, 12), paymentId: id(1, 7), issuedAt: 1790000000000 + n, printedAt: 1790000000000,
  }),
};

export const entities = Object.keys(makers);

/** The table of the mirror that holds an entity. */
export const tableOf = {
  order: 'orders', menu_category: 'menuCategories', menu_item: 'menuItems', menu_item_option: 'menuItemOptions',
  table: 'tables', session: 'sessions', payment: 'payments', business_day: 'businessDays', drawer: 'drawers', receipt: 'receipts',
};

/** Fields that are left out where they are NULL. */
export const optional = {
  order: ['tableId', 'sessionId', 'dinerId', 'notes', 'specialInstructions', 'serviceChargeAmount', 'adjustedTotal', 'adjustments'],
  menu_category: ['description'],
  menu_item: ['description', 'station', 'imageUrl', 'taxRatePpm', 'takeawayTaxRatePpm', 'itemCode'],
  menu_item_option: ['allowRepeat'],
  table: ['zone'],
  session: ['closedAt', 'guestCount'],
  payment: ['sessionId', 'flag', 'purpose', 'roundingAmount', 'voidedAt', 'shareId'],
  business_day: [],
  drawer: ['name', 'closedAt', 'closedDate', 'expected', 'counted'],
  receipt: ['sessionId', 'shareId', 'correctsId', 'paymentId', 'printedAt'],
};

/** The nth document of an entity; more: what differs, undefined: left out. */
export function documentOf(entity, n, version = 1, more = {}) {
  return Object.fromEntries(Object.entries({ ...makers[entity](n, version), ...more }).filter(([, value]) => value !== undefined));
}

export const upsert = (entity, n, version, more) => ({ op: 'upsert', entity, doc: documentOf(entity, n, version, more) });

export function remove(entity, n, version, restaurantId = restaurant) {
  return { op: 'delete', entity, pgId: documentOf(entity, n).pgId, restaurantId, version };
}

/** Rows of a dump as [pgId, version], sorted. */
export const versionsOf = (rows) => rows.map((row) => [row.pgId, row.version]).sort();

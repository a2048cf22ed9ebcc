// The mirror's tables. Every index except those for the clean-up begins with the
// restaurant, as every query does.
import { defineSchema, defineTable } from 'convex/server';
import { businessDay, drawer, menuCategory, menuItem, menuItemOption, order, payment, receipt, session, table, tombstone } from './model';

export default defineSchema({
  orders: defineTable(order)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_status', ['restaurantId', 'status', 'createdAt'])
    .index('by_restaurant_session', ['restaurantId', 'sessionId', 'createdAt']),
  menuCategories: defineTable(menuCategory)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_position', ['restaurantId', 'position']),
  menuItems: defineTable(menuItem)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_position', ['restaurantId', 'position'])
    .index('by_restaurant_category', ['restaurantId', 'categoryId', 'position']),
  menuItemOptions: defineTable(menuItemOption)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_item', ['restaurantId', 'menuItemId', 'position']),
  tables: defineTable(table)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_name', ['restaurantId', 'name']),
  sessions: defineTable(session)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_status', ['restaurantId', 'status', 'createdAt']),
  payments: defineTable(payment)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_session', ['restaurantId', 'sessionId', 'createdAt']),
  businessDays: defineTable(businessDay)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_date', ['restaurantId', 'businessDate']),
  drawers: defineTable(drawer)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_date', ['restaurantId', 'businessDate']),
  receipts: defineTable(receipt)
    .index('by_pg_id', ['pgId'])
    .index('by_restaurant_pg_id', ['restaurantId', 'pgId'])
    .index('by_restaurant_session', ['restaurantId', 'sessionId', 'issuedAt']),
  tombstones: defineTable(tombstone)
    .index('by_row', ['entity', 'restaurantId', 'pgId'])
    .index('by_deleted_at', ['deletedAt']),
});

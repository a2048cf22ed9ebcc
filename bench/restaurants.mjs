// Restaurants to order at: copies of the demo's, with the same menu and staff
// under the same ids, and with tables of their own.
//
// pgbench computes with whole numbers and knows no uuid. Hence the ids that
// differ from order to order are numbered, so that SQL can make one of a
// number: prefix || number. Diners and sessions of the API have ids made by the
// program; so for each place where the API's diner sits there is a second
// table with a twin, a numbered copy of diner and session, for pgbench.
//
// A crowd is {first, restaurants, tables}: the restaurants' first number, how
// many, and tables for each kind of diner in each.
import { expectStatus, post } from '../tests/api/lib/client.mjs';

const model = 'spice-garden';
export const base = 100000000000; // so that a number has twelve digits
export const prefixes = {
  restaurant: '018cc251-f400-71ff-8000-',
  table: '018cc251-f400-7101-8000-',
  session: '018cc251-f400-7107-8000-',
  diner: '018cc251-f400-7108-8000-',
};

export const slug = (number) => `bench-${number}`;
export const restaurantId = (number) => prefixes.restaurant + (base + number);
const code = (table) => `bench-table-${table}`;
/** The same in SQL, of a number that SQL computes. */
export const numbered = (kind, number) => `('${prefixes[kind]}' || ${base} + ${number})::uuid`;

function copy(table, crowd) {
  return `INSERT INTO ${table}
    SELECT c.* FROM ${table} t
    JOIN restaurants r ON r.id = t.restaurant_id AND r.slug = '${model}'
    CROSS JOIN generate_series(${crowd.first}, ${crowd.first + crowd.restaurants - 1}) AS n
    CROSS JOIN LATERAL jsonb_populate_record(t, jsonb_build_object('restaurant_id', ${numbered('restaurant', 'n')})) AS c;`;
}

function addCrowd(stack, crowd) {
  const all = `generate_series(${crowd.first}, ${crowd.first + crowd.restaurants - 1}) AS n`;
  const tables = `generate_series(1, ${2 * crowd.tables}) AS t`;
  stack.sql(`
    INSERT INTO restaurants
    SELECT c.* FROM ${all} JOIN restaurants r ON r.slug = '${model}'
    CROSS JOIN LATERAL jsonb_populate_record(r,
      jsonb_build_object('id', ${numbered('restaurant', 'n')}, 'slug', 'bench-' || n)) AS c;
    INSERT INTO slugs SELECT 'bench-' || n, ${numbered('restaurant', 'n')} FROM ${all};
    INSERT INTO tables (restaurant_id, id, name, seats)
    SELECT ${numbered('restaurant', 'n')}, ${numbered('table', 't')}, 'Table ' || t, 4 FROM ${all}, ${tables};
    INSERT INTO qr_codes (restaurant_id, id, table_id, code)
    SELECT t.restaurant_id, t.id, t.id, 'bench-table-' || split_part(t.name, ' ', 2)
    FROM ${all} JOIN tables t ON t.restaurant_id = ${numbered('restaurant', 'n')};
    INSERT INTO order_counters -- no order that is measured is the day's first
    SELECT r.id, business_date(now(), r.timezone, r.business_day_start), 0
    FROM ${all} JOIN restaurants r ON r.id = ${numbered('restaurant', 'n')};
    ${['staff', 'menu_categories', 'menu_items', 'menu_item_options', 'menu_item_option_values'].map((t) => copy(t, crowd)).join('\n')}`);
}

export function addRestaurants(stack, crowds) {
  for (const crowd of crowds) addCrowd(stack, crowd);
}

/** A guest opens the restaurant's nth table (from 1): {restaurant, table, session, diner, token, pin}. */
export async function openTable(stack, restaurant, table) {
  const answer = await post(stack, `/api/r/${slug(restaurant)}/sessions`,
    { body: { code: code(table), display_name: 'Asha' } });
  return { restaurant, table, ...expectStatus(answer, 201).json };
}

// The twin of what is at table t sits at table t + crowd.tables.
function copyTwins(stack, crowd) {
  const of = `s.restaurant_id BETWEEN '${restaurantId(crowd.first)}' AND '${restaurantId(crowd.first + crowd.restaurants - 1)}'`;
  const twin = (kind) => `overlay('${prefixes[kind]}' || right(s.table_id::text, 12)
    PLACING (right(s.table_id::text, 12)::bigint + ${crowd.tables})::text FROM 25)::uuid`;
  stack.sql(`
    WITH copied AS (
      INSERT INTO sessions
      SELECT c.* FROM sessions s CROSS JOIN LATERAL jsonb_populate_record(s,
        jsonb_build_object('id', ${twin('session')}, 'table_id', ${twin('table')})) AS c
      WHERE ${of})
    INSERT INTO users
    SELECT c.* FROM users u JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
    CROSS JOIN LATERAL jsonb_populate_record(u,
      jsonb_build_object('id', ${twin('diner')}, 'session_id', ${twin('session')})) AS c
    WHERE ${of}`);
}

/** Opens each crowd's tables; crowd.places are the sessions' answers. */
export async function openPlaces(stack, crowds) {
  for (const crowd of crowds) {
    crowd.places = [];
    for (let table = 1; table <= crowd.tables; table++)
      for (let n = 0; n < crowd.restaurants; n++) crowd.places.push(await openTable(stack, crowd.first + n, table));
    copyTwins(stack, crowd);
  }
}

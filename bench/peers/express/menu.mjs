// The menu, put together from the restaurant's rows.
import { pool, Problem, transaction } from './common.mjs';

const findSlug = { name: 'find-slug', text: 'SELECT restaurant_id FROM slugs WHERE slug = $1' };
const readRestaurant = { name: 'menu-restaurant', text: `
  SELECT id, slug, name, currency, timezone, is_open, tax_rate_ppm, prices_include_tax, pin_length, session_opening, menu_version
  FROM restaurants WHERE id = $1` };
const readCategories = { name: 'menu-categories', text: `
  SELECT id, name, description, position
  FROM menu_categories WHERE restaurant_id = $1 AND deleted_at IS NULL ORDER BY position, id` };
const readItems = { name: 'menu-items', text: `
  SELECT id, category_id, name, description, price, tags, allergens, image_url, is_available, station, tax_rate_ppm, position
  FROM menu_items WHERE restaurant_id = $1 AND deleted_at IS NULL ORDER BY position, id` };
const readOptions = { name: 'menu-options', text: `
  SELECT id, menu_item_id, name, min_select, max_select, position
  FROM menu_item_options WHERE restaurant_id = $1 AND deleted_at IS NULL ORDER BY position, id` };
const readValues = { name: 'menu-values', text: `
  SELECT id, option_id, name, price_modifier, is_default, is_available, position
  FROM menu_item_option_values WHERE restaurant_id = $1 AND deleted_at IS NULL ORDER BY position, id` };

function groupBy(rows, column) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row[column])) groups.set(row[column], []);
    groups.get(row[column]).push(row);
  }
  return groups;
}

const valueOf = (v) => ({
  id: v.id, name: v.name, price_modifier: v.price_modifier, is_default: v.is_default, is_available: v.is_available, position: v.position,
});
const optionOf = (o, values) => ({
  id: o.id, name: o.name, min_select: o.min_select, max_select: o.max_select, position: o.position, values: values.map(valueOf),
});
const itemOf = (i, restaurant, options) => ({
  id: i.id, name: i.name, description: i.description, price: i.price, tags: i.tags, allergens: i.allergens, image_url: i.image_url,
  is_available: i.is_available, station: i.station, tax_rate_ppm: i.tax_rate_ppm ?? restaurant.tax_rate_ppm, position: i.position, options,
});
const categoryOf = (c, items) => ({ id: c.id, name: c.name, description: c.description, position: c.position, items });

async function readMenu(client, restaurantId) {
  const read = async (statement) => (await client.query({ ...statement, values: [restaurantId] })).rows;
  const [found] = await read(readRestaurant);
  if (!found) throw new Problem(404, 'not_found');
  const { menu_version, ...restaurant } = found;
  const categories = await read(readCategories);
  const items = groupBy(await read(readItems), 'category_id');
  const options = groupBy(await read(readOptions), 'menu_item_id');
  const values = groupBy(await read(readValues), 'option_id');
  const optionsOf = (item) => (options.get(item.id) ?? []).map((o) => optionOf(o, values.get(o.id) ?? []));
  const itemsOf = (category) => (items.get(category.id) ?? []).map((i) => itemOf(i, restaurant, optionsOf(i)));
  return { restaurant, menu_version, categories: categories.map((c) => categoryOf(c, itemsOf(c))) };
}

export async function showMenu(req, res) {
  const [slug] = (await pool.query({ ...findSlug, values: [req.params.slug] })).rows;
  if (!slug) throw new Problem(404, 'not_found');
  const menu = await transaction('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', slug.restaurant_id,
    (client) => readMenu(client, slug.restaurant_id));
  res.set('Cache-Control', 'public, max-age=1').set('ETag', `"m${menu.menu_version}"`).json(menu);
}

<?php

// The menu, put together from the restaurant's rows.

declare(strict_types=1);

/** Rows grouped by a column, which is removed from them. */
function group_by(array $rows, string $column): array
{
    $groups = [];
    foreach ($rows as $row) {
        $key = $row[$column];
        unset($row[$column]);
        $groups[$key][] = $row;
    }
    return $groups;
}

function read_categories(string $restaurant_id): array
{
    return query('SELECT id, name, description, position
        FROM menu_categories WHERE restaurant_id = ? AND deleted_at IS NULL ORDER BY position, id', [$restaurant_id])->fetchAll();
}

function read_items(string $restaurant_id): array
{
    return query('SELECT id, category_id, name, description, price, to_json(tags) AS tags, to_json(allergens) AS allergens,
            image_url, is_available, station, tax_rate_ppm, position
        FROM menu_items WHERE restaurant_id = ? AND deleted_at IS NULL ORDER BY position, id', [$restaurant_id])->fetchAll();
}

function read_options(string $restaurant_id): array
{
    return query('SELECT id, menu_item_id, name, min_select, max_select, position
        FROM menu_item_options WHERE restaurant_id = ? AND deleted_at IS NULL ORDER BY position, id', [$restaurant_id])->fetchAll();
}

function read_values(string $restaurant_id): array
{
    return query('SELECT id, option_id, name, price_modifier, is_default, is_available, position
        FROM menu_item_option_values WHERE restaurant_id = ? AND deleted_at IS NULL ORDER BY position, id', [$restaurant_id])->fetchAll();
}

function read_menu(string $restaurant_id): array
{
    $restaurant = query('SELECT id, slug, name, currency, timezone, is_open, tax_rate_ppm, prices_include_tax, pin_length,
            session_opening, menu_version
        FROM restaurants WHERE id = ?', [$restaurant_id])->fetch();
    if ($restaurant === false) {
        throw new Problem(404, 'not_found');
    }
    $version = $restaurant['menu_version'];
    unset($restaurant['menu_version']);
    $categories = read_categories($restaurant_id);
    $items = group_by(read_items($restaurant_id), 'category_id');
    $options = group_by(read_options($restaurant_id), 'menu_item_id');
    $values = group_by(read_values($restaurant_id), 'option_id');
    foreach ($categories as &$category) {
        $category['items'] = $items[$category['id']] ?? [];
        foreach ($category['items'] as &$item) {
            $item['tags'] = json_decode($item['tags']);
            $item['allergens'] = json_decode($item['allergens']);
            $item['tax_rate_ppm'] ??= $restaurant['tax_rate_ppm'];
            $item['options'] = $options[$item['id']] ?? [];
            foreach ($item['options'] as &$option) {
                $option['values'] = $values[$option['id']] ?? [];
            }
            unset($option);
        }
        unset($item);
    }
    unset($category);
    return ['restaurant' => $restaurant, 'menu_version' => $version, 'categories' => $categories];
}

function show_menu(string $slug): void
{
    $restaurant_id = query('SELECT restaurant_id FROM slugs WHERE slug = ?', [$slug])->fetchColumn();
    if ($restaurant_id === false) {
        throw new Problem(404, 'not_found');
    }
    $menu = transaction('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', $restaurant_id, fn () => read_menu($restaurant_id));
    header('Content-Type: application/json');
    header('Cache-Control: public, max-age=1');
    header('ETag: "m' . $menu['menu_version'] . '"');
    echo to_json($menu);
}

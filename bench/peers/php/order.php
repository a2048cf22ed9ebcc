<?php

// An order of a diner: checked, computed and written in one transaction.

declare(strict_types=1);

const MONEY_MAX = 9007199254740991;

// ---- What was sent

function is_id(mixed $value): bool
{
    return is_string($value) && preg_match('/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iD', $value) === 1;
}

function is_amount(mixed $value): bool
{
    return is_int($value) && $value >= 0 && $value <= MONEY_MAX;
}

function is_count(mixed $value, int $max): bool
{
    return is_int($value) && $value >= 1 && $value <= $max;
}

function is_text(mixed $value, int $max): bool
{
    return is_string($value) && iconv_strlen($value, 'UTF-8') <= $max;
}

function wanted(bool $holds, string $field): void
{
    if (!$holds) {
        throw new Problem(422, 'validation_failed', "$field is not as it has to be");
    }
}

function check_line(mixed $line): void
{
    wanted(is_array($line) && is_id($line['menu_item_id'] ?? null), 'menu_item_id');
    wanted(is_count($line['quantity'] ?? null, 99), 'quantity');
    wanted(!isset($line['special_instructions']) || is_text($line['special_instructions'], 500), 'special_instructions');
    $choices = $line['customizations'] ?? [];
    wanted(is_array($choices) && array_is_list($choices) && count($choices) <= 100, 'customizations');
    foreach ($choices as $choice) {
        wanted(is_id($choice['option_id'] ?? null), 'option_id');
        wanted(is_id($choice['value_id'] ?? null), 'value_id');
    }
}

function check_order(mixed $order): void
{
    wanted(is_array($order) && in_array($order['order_type'] ?? null, ['dine_in', 'takeaway'], true), 'order_type');
    $lines = $order['items'] ?? null;
    wanted(is_array($lines) && array_is_list($lines) && is_count(count($lines), 100), 'items');
    array_walk($lines, fn ($line) => check_line($line));
    wanted(!isset($order['tip_amount']) || is_amount($order['tip_amount']), 'tip_amount');
    $methods = ['cash', 'card', 'upi', 'online', 'other'];
    wanted(!isset($order['payment_method']) || in_array($order['payment_method'], $methods, true), 'payment_method');
    foreach (['customer_name' => 120, 'customer_phone' => 40, 'notes' => 1000, 'special_instructions' => 1000] as $field => $max) {
        wanted(!isset($order[$field]) || is_text($order[$field], $max), $field);
    }
}

function read_key(): ?string
{
    $key = $_SERVER['HTTP_IDEMPOTENCY_KEY'] ?? null;
    if ($key !== null && !preg_match('/^[\x20-\x7e]{1,255}$/D', $key)) {
        throw new Problem(400, 'invalid_idempotency_key');
    }
    return $key;
}

function hash_request(string $body): string
{
    return hash('sha256', $_SERVER['REQUEST_METHOD'] . "\0" . $_SERVER['REQUEST_URI'] . "\0" . $body);
}

// ---- What is read

function find_session(array $diner): array
{
    $session = query("SELECT s.id, s.table_id, s.status = 'active' AND s.expires_at > now() AS runs
        FROM users u JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
        WHERE u.restaurant_id = ? AND u.id = ?
        FOR KEY SHARE OF s", [$diner['restaurantId'], $diner['userId']])->fetch();
    if (!($session['runs'] ?? false)) {
        throw new Problem(401, 'session_ended');
    }
    return $session;
}

function find_answer(array $request): ?array
{
    $stored = query("SELECT request_hash, status, location, etag, answer
        FROM idempotency_keys
        WHERE restaurant_id = ? AND caller = ? AND key = ? AND created_at > now() - interval '24 hours'",
        [$request['restaurant_id'], $request['caller'], $request['key']])->fetch();
    if ($stored && $stored['request_hash'] !== $request['hash']) {
        throw new Problem(422, 'idempotency_key_reused');
    }
    return $stored ?: null;
}

function read_restaurant(string $id): array
{
    $restaurant = query('SELECT id, currency, tax_rate_ppm, prices_include_tax, is_open,
            business_date(now(), timezone, business_day_start) AS business_date
        FROM restaurants WHERE id = ?', [$id])->fetch();
    if ($restaurant === false) {
        throw new Problem(404, 'not_found');
    }
    if (!$restaurant['is_open']) {
        throw new Problem(409, 'restaurant_closed');
    }
    return $restaurant;
}

/** The items by id, each with its options by id, each with its values by id. */
function read_ordered_items(string $restaurant_id, array $ids): array
{
    $places = implode(', ', array_fill(0, count($ids), '?'));
    $items = query("SELECT id, name, price, tax_rate_ppm, station, is_available
        FROM menu_items
        WHERE restaurant_id = ? AND id IN ($places) AND deleted_at IS NULL", [$restaurant_id, ...$ids])->fetchAll();
    $options = query("SELECT p.menu_item_id, p.id, p.name, p.min_select, p.max_select,
            v.id AS value_id, v.name AS value_name, v.price_modifier, v.is_available
        FROM menu_item_options p
        LEFT JOIN menu_item_option_values v ON v.restaurant_id = p.restaurant_id AND v.option_id = p.id AND v.deleted_at IS NULL
        WHERE p.restaurant_id = ? AND p.menu_item_id IN ($places) AND p.deleted_at IS NULL
        ORDER BY p.position, p.id", [$restaurant_id, ...$ids])->fetchAll();
    $by_id = [];
    foreach ($items as $item) {
        $by_id[$item['id']] = $item + ['options' => []];
    }
    foreach ($options as $row) {
        if (isset($by_id[$row['menu_item_id']])) {
            $by_id[$row['menu_item_id']]['options'][$row['id']] ??= $row + ['values' => []];
            $by_id[$row['menu_item_id']]['options'][$row['id']]['values'][$row['value_id']] = $row;
        }
    }
    return $by_id;
}

// ---- What follows from it

function choose(array $item, array $choices): array
{
    $chosen = [];
    $counts = [];
    foreach ($choices as $choice) {
        $option_id = strtolower($choice['option_id']);
        $value_id = strtolower($choice['value_id']);
        $value = $item['options'][$option_id]['values'][$value_id] ?? null;
        if (!($value['is_available'] ?? false) || isset($chosen[$value_id])) {
            throw new Problem(422, 'invalid_selection');
        }
        $chosen[$value_id] = ['option_id' => $option_id, 'value_id' => $value_id, 'option_name' => $value['name'],
            'value_name' => $value['value_name'], 'price_modifier' => $value['price_modifier']];
        $counts[$option_id] = ($counts[$option_id] ?? 0) + 1;
    }
    foreach ($item['options'] as $id => $option) {
        $n = $counts[$id] ?? 0;
        if ($n < $option['min_select'] || $n > $option['max_select']) {
            throw new Problem(422, 'invalid_selection');
        }
    }
    return array_values($chosen);
}

function make_line(array $sent, ?array $item, array $restaurant): array
{
    if (!($item['is_available'] ?? false)) {
        throw new Problem(422, 'item_unavailable');
    }
    $customizations = choose($item, $sent['customizations'] ?? []);
    $modifiers = array_sum(array_column($customizations, 'price_modifier'));
    $subtotal = ($item['price'] + $modifiers) * $sent['quantity'];
    if (!is_amount($subtotal)) {
        throw new Problem(422, 'invalid_total');
    }
    return [
        'id' => new_id(), 'menu_item_id' => $item['id'], 'name' => $item['name'], 'price' => $item['price'],
        'modifiers' => $modifiers, 'quantity' => $sent['quantity'], 'subtotal' => $subtotal,
        'tax_rate_ppm' => $item['tax_rate_ppm'] ?? $restaurant['tax_rate_ppm'], 'station' => $item['station'],
        'special_instructions' => $sent['special_instructions'] ?? null, 'customizations' => $customizations,
    ];
}

// Tax is rounded once for each rate.
function figures_of(array $lines, array $restaurant, int $tip): array
{
    $taxables = [];
    foreach ($lines as $line) {
        $taxables[$line['tax_rate_ppm']] = ($taxables[$line['tax_rate_ppm']] ?? 0) + $line['subtotal'];
    }
    ksort($taxables);
    $taxes = [];
    foreach ($taxables as $rate => $taxable) {
        $whole = $restaurant['prices_include_tax'] ? 1000000 + $rate : 1000000;
        $taxes[] = ['rate_ppm' => $rate, 'taxable' => $taxable, 'amount' => (int) round($taxable * $rate / $whole)];
    }
    $subtotal = array_sum(array_column($lines, 'subtotal'));
    $tax_amount = array_sum(array_column($taxes, 'amount'));
    $total = $subtotal + ($restaurant['prices_include_tax'] ? 0 : $tax_amount) + $tip;
    if (!is_amount($total)) {
        throw new Problem(422, 'invalid_total');
    }
    return ['subtotal' => $subtotal, 'tax_amount' => $tax_amount, 'taxes' => $taxes, 'tip_amount' => $tip, 'total_amount' => $total];
}

function answer_of(array $order, array $lines): string
{
    $items = array_map(fn ($line) => [
        'id' => $line['id'], 'menu_item_id' => $line['menu_item_id'], 'name' => $line['name'], 'price' => $line['price'],
        'quantity' => $line['quantity'], 'subtotal' => $line['subtotal'], 'tax_rate_ppm' => $line['tax_rate_ppm'],
        'special_instructions' => $line['special_instructions'], 'customizations' => $line['customizations'],
        'station' => $line['station'], 'status' => 'pending',
    ], $lines);
    return to_json([
        'id' => $order['id'], 'order_number' => $order['order_number'], 'business_date' => $order['business_date'],
        'restaurant_id' => $order['restaurant_id'], 'table_id' => $order['table_id'], 'session_id' => $order['session_id'],
        'diner_id' => $order['diner_id'], 'staff_id' => null, 'order_type' => $order['order_type'],
        'status' => 'pending', 'payment_status' => 'unpaid',
        'currency' => $order['currency'], 'prices_include_tax' => $order['prices_include_tax'],
        'subtotal' => $order['subtotal'], 'tax_amount' => $order['tax_amount'], 'taxes' => $order['taxes'],
        'tip_amount' => $order['tip_amount'], 'discount_amount' => 0, 'deposit_used' => 0, 'total_amount' => $order['total_amount'],
        'payment_method' => $order['payment_method'], 'customer_name' => $order['customer_name'],
        'customer_phone' => $order['customer_phone'], 'notes' => $order['notes'],
        'special_instructions' => $order['special_instructions'],
        'version' => 1, 'created_at' => $order['created_at'], 'updated_at' => $order['created_at'], 'deleted_at' => null,
        'items' => $items,
    ]);
}

// ---- What is written

function insert_order(array $order): array
{
    $order['order_number'] = query('INSERT INTO order_counters AS c (restaurant_id, business_date, last_number) VALUES (?, ?, 1)
        ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number + 1
        RETURNING last_number', [$order['restaurant_id'], $order['business_date']])->fetchColumn();
    $created_at = query('INSERT INTO orders
            (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, order_type, currency,
             prices_include_tax, subtotal, tax_amount, taxes, tip_amount, total_amount, payment_method,
             customer_name, customer_phone, notes, special_instructions)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        RETURNING created_at', [
        $order['restaurant_id'], $order['id'], $order['business_date'], $order['order_number'], $order['table_id'],
        $order['session_id'], $order['diner_id'], $order['order_type'], $order['currency'],
        $order['prices_include_tax'] ? 'true' : 'false', $order['subtotal'], $order['tax_amount'], to_json($order['taxes']),
        $order['tip_amount'], $order['total_amount'], $order['payment_method'], $order['customer_name'],
        $order['customer_phone'], $order['notes'], $order['special_instructions'],
    ])->fetchColumn();
    $utc = (new DateTimeImmutable($created_at))->setTimezone(new DateTimeZone('UTC'));
    $order['created_at'] = $utc->format('Y-m-d\TH:i:s.v\Z');
    return $order;
}

function insert_lines(array $order, array $lines): void
{
    $insert_line = database()->prepare('INSERT INTO order_items
            (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal,
             tax_rate_ppm, station, special_instructions)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    $insert_choice = database()->prepare('INSERT INTO order_item_customizations
            (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name, price_modifier)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    $chosen = 0;
    foreach ($lines as $i => $line) {
        $insert_line->execute([$order['restaurant_id'], $line['id'], $order['id'], $i + 1, $line['menu_item_id'], $line['name'],
            $line['price'], $line['modifiers'], $line['quantity'], $line['subtotal'], $line['tax_rate_ppm'], $line['station'],
            $line['special_instructions']]);
        foreach ($line['customizations'] as $choice) {
            $insert_choice->execute([$order['restaurant_id'], new_id(), $line['id'], ++$chosen, $choice['option_id'],
                $choice['value_id'], $choice['option_name'], $choice['value_name'], $choice['price_modifier']]);
        }
    }
}

function insert_traces(array $order): void
{
    query("INSERT INTO order_status_history (restaurant_id, id, order_id, to_status, actor_role, actor_id)
        VALUES (?, ?, ?, 'pending', 'diner', ?)", [$order['restaurant_id'], new_id(), $order['id'], $order['diner_id']]);
    query("INSERT INTO session_activity_log (restaurant_id, id, session_id, action, actor_role, actor_id, details)
        VALUES (?, ?, ?, 'order_placed', 'diner', ?, ?)",
        [$order['restaurant_id'], new_id(), $order['session_id'], $order['diner_id'], to_json(['order_id' => $order['id']])]);
}

// An existing row is older than a day, or another request's that was just faster.
function store_answer(array $request, array $answer): void
{
    $stored = query("INSERT INTO idempotency_keys AS k (restaurant_id, caller, key, request_hash, status, location, etag, answer)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (restaurant_id, caller, key) DO UPDATE
          SET request_hash = excluded.request_hash, status = excluded.status, location = excluded.location,
              etag = excluded.etag, answer = excluded.answer, created_at = excluded.created_at
          WHERE k.created_at <= now() - interval '24 hours'", [
        $request['restaurant_id'], $request['caller'], $request['key'], $request['hash'],
        $answer['status'], $answer['location'], $answer['etag'], $answer['answer'],
    ]);
    if ($stored->rowCount() === 0) {
        throw new Problem(409, 'idempotency_in_progress');
    }
}

function place(array $diner, array $request, array $sent): array
{
    $session = find_session($diner);
    $stored = $request['key'] !== null ? find_answer($request) : null;
    if ($stored !== null) {
        return $stored + ['replayed' => true];
    }
    $restaurant = read_restaurant($diner['restaurantId']);
    $ids = array_map(fn ($line) => strtolower($line['menu_item_id']), $sent['items']);
    $items = read_ordered_items($restaurant['id'], $ids);
    $lines = array_map(fn ($line, $id) => make_line($line, $items[$id] ?? null, $restaurant), $sent['items'], $ids);
    $order = insert_order([
        'id' => new_id(), 'restaurant_id' => $restaurant['id'], 'business_date' => $restaurant['business_date'],
        'table_id' => $session['table_id'], 'session_id' => $session['id'], 'diner_id' => $diner['userId'],
        'order_type' => $sent['order_type'], 'currency' => $restaurant['currency'],
        'prices_include_tax' => $restaurant['prices_include_tax'],
        ...figures_of($lines, $restaurant, $sent['tip_amount'] ?? 0),
        'payment_method' => $sent['payment_method'] ?? null, 'customer_name' => $sent['customer_name'] ?? null,
        'customer_phone' => $sent['customer_phone'] ?? null, 'notes' => $sent['notes'] ?? null,
        'special_instructions' => $sent['special_instructions'] ?? null,
    ]);
    insert_lines($order, $lines);
    insert_traces($order);
    $answer = ['status' => 201, 'location' => "/api/orders/{$order['id']}", 'etag' => '"1"', 'answer' => answer_of($order, $lines)];
    if ($request['key'] !== null) {
        store_answer($request, $answer);
    }
    return $answer;
}

function place_order(): void
{
    $diner = verify_token();
    $key = read_key();
    $body = file_get_contents('php://input');
    $sent = json_decode($body, true);
    check_order($sent);
    $request = ['restaurant_id' => $diner['restaurantId'], 'caller' => "diner:{$diner['userId']}", 'key' => $key, 'hash' => hash_request($body)];
    $answer = transaction('BEGIN', $diner['restaurantId'], fn () => place($diner, $request, $sent));
    http_response_code($answer['status']);
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    header("Location: {$answer['location']}");
    header("ETag: {$answer['etag']}");
    if (isset($answer['replayed'])) {
        header('Idempotent-Replayed: true');
    }
    echo $answer['answer'];
}

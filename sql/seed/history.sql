-- A past for the demo restaurants: business days up to yesterday with guests at tables and at the counter,
-- their orders, payments and what went wrong, each day closed in its turn, so that reports have something
-- to show.
--
-- Run by `orderzapctl seed --history DAYS`, as orderzap_owner, in one transaction, behind demo.sql and
-- the staff. Triggers check it as they check the program's own rows. A restaurant that has an order, a payment or a
-- closed day gets none. Nothing is drawn by chance: what happens follows from hashes of how many days ago
-- it was, so that one demo looks like the other.
--
-- orderzap.history_days: how many days.

-- Nobody waits for news of it: live events and the mirror's outbox get none. `orderzap-sync --full` sends it
-- to the mirror.
SET LOCAL orderzap.events = off;
SET LOCAL orderzap.mirror = off;
-- Compiling the statements would take longer than running them.
SET LOCAL jit = off;

-- A number from 0 to below n that depends on the text alone.
CREATE OR REPLACE FUNCTION pg_temp.draw(what text, n integer) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT ('x' || left(md5(what), 7))::bit(28)::integer % n
$$;

-- An id as the program makes them (version 7), of its time and of what it is.
CREATE OR REPLACE FUNCTION pg_temp.id_at(at timestamptz, what text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || left(md5(what), 3) || '8' || right(md5(what), 15))::uuid
$$;

CREATE TEMP TABLE past_houses ON COMMIT DROP AS
SELECT r.id AS restaurant_id, r.slug, r.currency, r.timezone, r.tax_rate_ppm, r.prices_include_tax,
  make_interval(mins => r.session_expiry_minutes) AS expiry, business_date(now(), r.timezone, r.business_day_start) AS today,
  CASE r.slug WHEN 'caffe-lungarno' THEN 5 ELSE r.cash_rounding END AS coin, s.manager, s.cashier, s.waiter, s.kitchen
FROM restaurants r
CROSS JOIN LATERAL (
  SELECT min(w.id::text) FILTER (WHERE w.role = 'manager')::uuid AS manager, min(w.id::text) FILTER (WHERE w.role = 'cashier')::uuid AS cashier,
    min(w.id::text) FILTER (WHERE w.role = 'waiter')::uuid AS waiter, min(w.id::text) FILTER (WHERE w.role = 'kitchen')::uuid AS kitchen
  FROM staff w
  WHERE w.restaurant_id = r.id) s
WHERE r.slug IN ('spice-garden', 'caffe-lungarno') AND r.closed_through IS NULL
  AND NOT EXISTS (SELECT FROM orders o WHERE o.restaurant_id = r.id)
  AND NOT EXISTS (SELECT FROM payments p WHERE p.restaurant_id = r.id);

-- Italy has no smaller coins in use.
UPDATE restaurants r SET cash_rounding = h.coin
FROM past_houses h
WHERE r.id = h.restaurant_id AND r.cash_rounding IS DISTINCT FROM h.coin;

-- Visits ----------------------------------------------------------------------

-- When a table may be taken, and how often of a hundred times it is: from Monday to Thursday,
-- and from Friday to Sunday. Who sits down leaves before the next turn.
CREATE TEMP TABLE past_turns (slug text, turn integer, begins time, minutes integer, weekday integer, weekend integer) ON COMMIT DROP;
INSERT INTO past_turns VALUES
  ('spice-garden', 1, '12:00', 90, 25, 45), ('spice-garden', 2, '13:30', 90, 35, 60), ('spice-garden', 3, '18:30', 90, 40, 75),
  ('spice-garden', 4, '20:00', 90, 65, 95), ('spice-garden', 5, '21:30', 90, 30, 70);
INSERT INTO past_turns
SELECT 'caffe-lungarno', n, time '07:30' + n * interval '45 minutes', 45, 30 + 35 * (n IN (1, 2, 7, 8))::integer, 50 + 30 * (n IN (3, 4, 7, 8))::integer
FROM generate_series(0, 12) AS n;

-- How many orders are taken away in an hour, about.
CREATE TEMP TABLE past_hours (slug text, hour integer, orders integer) ON COMMIT DROP;
INSERT INTO past_hours VALUES
  ('spice-garden', 12, 3), ('spice-garden', 13, 4), ('spice-garden', 18, 3), ('spice-garden', 19, 5), ('spice-garden', 20, 5), ('spice-garden', 21, 2),
  ('caffe-lungarno', 7, 3), ('caffe-lungarno', 8, 7), ('caffe-lungarno', 9, 4), ('caffe-lungarno', 11, 2), ('caffe-lungarno', 12, 5),
  ('caffe-lungarno', 13, 6), ('caffe-lungarno', 15, 2), ('caffe-lungarno', 16, 3), ('caffe-lungarno', 17, 2);

-- A guest's, or a table's, whole stay. mishap: what goes wrong with it, only where there is one order, since
-- tax is rounded once for all of a table's.
CREATE TEMP TABLE past_visits ON COMMIT DROP AS
SELECT h.*, v.day, v.key, v.table_id, v.begins, v.length, v.orders,
  CASE WHEN v.table_id IS NOT NULL THEN pg_temp.id_at(v.begins, v.key || ' session') END AS session_id,
  CASE WHEN v.orders = 1 THEN
    (ARRAY['void', 'comp', 'discount', 'refund'])[pg_temp.draw(v.key || ' mishap', CASE WHEN v.table_id IS NULL THEN 60 ELSE 30 END) + 1] END AS mishap
FROM past_houses h
CROSS JOIN generate_series(1, current_setting('orderzap.history_days')::integer) AS n (ago)
CROSS JOIN LATERAL (
  SELECT h.today - n.ago AS day, t.id AS table_id, x.key, u.minutes AS length,
    (h.today - n.ago + u.begins) AT TIME ZONE h.timezone + make_interval(mins => pg_temp.draw(x.key || ' begins', u.minutes / 4)) AS begins,
    CASE WHEN u.minutes > 60 AND pg_temp.draw(x.key || ' orders', 100) < 40 THEN 2 ELSE 1 END AS orders
  FROM past_turns u
  JOIN tables t ON t.restaurant_id = h.restaurant_id
  CROSS JOIN LATERAL (SELECT concat_ws(' ', h.slug, n.ago, u.turn, t.name) AS key) x
  WHERE u.slug = h.slug
    AND pg_temp.draw(x.key, 100) < CASE WHEN extract(isodow FROM h.today - n.ago) >= 5 THEN u.weekend ELSE u.weekday END
  UNION ALL
  SELECT h.today - n.ago, NULL, x.key, 15,
    (h.today - n.ago + make_time(u.hour, 0, 0)) AT TIME ZONE h.timezone + make_interval(secs => pg_temp.draw(x.key || ' begins', 3600)), 1
  FROM past_hours u
  CROSS JOIN generate_series(1, 2 * u.orders) AS k
  CROSS JOIN LATERAL (SELECT concat_ws(' ', h.slug, n.ago, u.hour, 'away', k) AS key) x
  WHERE u.slug = h.slug AND pg_temp.draw(x.key, 100) < CASE WHEN extract(isodow FROM h.today - n.ago) >= 5 THEN 60 ELSE 45 END) v;

-- Orders ----------------------------------------------------------------------

CREATE TEMP TABLE past_orders ON COMMIT DROP AS
SELECT o.*, pg_temp.id_at(o.placed, o.key || ' order') AS order_id, row_number() OVER (PARTITION BY o.restaurant_id, o.day ORDER BY o.placed, o.key)::integer AS number
FROM (
  SELECT v.restaurant_id, v.slug, v.day, v.key || ' ' || n AS key, v.key AS visit, n AS nth, v.table_id, v.session_id, v.mishap,
    v.prices_include_tax, CASE WHEN v.table_id IS NULL THEN 'takeaway' ELSE 'dine_in' END AS order_type,
    v.begins + make_interval(secs => CASE WHEN v.table_id IS NULL THEN 0 ELSE v.length * (3 + 20 * (n - 1)) + pg_temp.draw(v.key || n, 120) END) AS placed
  FROM past_visits v
  CROSS JOIN generate_series(1, v.orders) AS n) o;

-- The lines that an order may have: in how many of a hundred, and of which categories. A table's second
-- order is of other dishes.
CREATE TEMP TABLE past_courses (slug text, order_type text, nth integer, place integer, chance integer, most integer, categories integer[]) ON COMMIT DROP;
INSERT INTO past_courses VALUES
  ('spice-garden', 'dine_in', 1, 1, 55, 2, '{1,2}'), ('spice-garden', 'dine_in', 1, 2, 100, 2, '{3,4}'), ('spice-garden', 'dine_in', 1, 3, 45, 1, '{5}'),
  ('spice-garden', 'dine_in', 1, 4, 75, 4, '{6}'), ('spice-garden', 'dine_in', 1, 5, 80, 3, '{8}'), ('spice-garden', 'dine_in', 2, 1, 100, 2, '{7}'),
  ('spice-garden', 'dine_in', 2, 2, 50, 2, '{8}'), ('spice-garden', 'takeaway', 1, 1, 100, 1, '{3,4,5}'), ('spice-garden', 'takeaway', 1, 2, 65, 3, '{6}'),
  ('spice-garden', 'takeaway', 1, 3, 30, 2, '{8}'), ('caffe-lungarno', 'dine_in', 1, 1, 100, 2, '{1}'), ('caffe-lungarno', 'dine_in', 1, 2, 60, 2, '{2}'),
  ('caffe-lungarno', 'dine_in', 1, 3, 40, 2, '{3}'), ('caffe-lungarno', 'takeaway', 1, 1, 100, 2, '{1,1,3}'), ('caffe-lungarno', 'takeaway', 1, 2, 40, 1, '{2}');

-- Each dish under numbers from 0 to below `of`, a bestseller under more of them.
CREATE TEMP TABLE past_dishes ON COMMIT DROP AS
SELECT d.*, count(*) OVER c AS of, row_number() OVER (c ORDER BY d.id, d.n) - 1 AS number
FROM (
  SELECT i.restaurant_id, c.position AS category, i.id, i.name, i.price, i.station, n,
    i.tax_rate_ppm, i.takeaway_tax_rate_ppm
  FROM past_houses h
  JOIN menu_categories c ON c.restaurant_id = h.restaurant_id
  JOIN menu_items i ON i.restaurant_id = h.restaurant_id AND i.category_id = c.id AND i.is_available AND i.deleted_at IS NULL
  CROSS JOIN generate_series(1, CASE WHEN 'bestseller' = ANY (i.tags) OR h.slug = 'caffe-lungarno' AND i.price < 300 THEN 4 ELSE 1 END) AS n) d
WINDOW c AS (PARTITION BY d.restaurant_id, d.category);

CREATE TEMP TABLE past_lines ON COMMIT DROP AS
SELECT o.restaurant_id, o.order_id, o.visit, o.key, o.day, o.nth, o.placed, o.order_type, o.mishap, o.prices_include_tax,
  pg_temp.id_at(o.placed, o.key || ' line ' || c.place) AS line_id,
  row_number() OVER (PARTITION BY o.order_id ORDER BY c.place)::smallint AS position, d.id AS item_id, d.name, d.price, d.station,
  1 + pg_temp.draw(o.key || c.place || ' quantity', c.most) AS quantity,
  coalesce(CASE WHEN o.order_type = 'takeaway' THEN d.takeaway_tax_rate_ppm END, d.tax_rate_ppm, h.tax_rate_ppm) AS rate
FROM past_orders o
JOIN past_houses h ON h.restaurant_id = o.restaurant_id
JOIN past_courses c ON c.slug = o.slug AND c.order_type = o.order_type AND c.nth = o.nth AND pg_temp.draw(o.key || c.place, 100) < c.chance
JOIN past_dishes d ON d.restaurant_id = o.restaurant_id
  AND d.category = c.categories[1 + pg_temp.draw(o.key || c.place || ' category', cardinality(c.categories))]
  AND d.number = pg_temp.draw(o.key || c.place || ' dish', d.of::integer);

-- What must be chosen: as a rule what the menu suggests.
CREATE TEMP TABLE past_choices ON COMMIT DROP AS
SELECT c.*, row_number() OVER (PARTITION BY c.order_id ORDER BY c.position, c.option_place, c.rank)::smallint AS place
FROM (
  SELECT l.restaurant_id, l.order_id, l.line_id, l.placed, l.position, p.id AS option_id, p.name AS option_name, p.min_select, p.position AS option_place,
    v.id AS value_id, v.name AS value_name, v.price_modifier,
    row_number() OVER (PARTITION BY l.line_id, p.id ORDER BY
      CASE WHEN p.max_select = 1 AND pg_temp.draw(l.line_id::text || p.id, 5) = 0 THEN pg_temp.draw(l.line_id::text || v.id, 1000) ELSE (NOT v.is_default)::integer END,
      v.position) AS rank
  FROM past_lines l
  JOIN menu_item_options p ON p.restaurant_id = l.restaurant_id AND p.menu_item_id = l.item_id AND p.min_select > 0
  JOIN menu_item_option_values v ON v.restaurant_id = p.restaurant_id AND v.option_id = p.id AND v.is_available) c
WHERE c.rank <= c.min_select;

ALTER TABLE past_lines ADD COLUMN modifiers bigint NOT NULL DEFAULT 0, ADD COLUMN taken integer NOT NULL DEFAULT 0;
UPDATE past_lines l SET modifiers = c.sum
FROM (SELECT c.line_id, sum(c.price_modifier) AS sum FROM past_choices c GROUP BY c.line_id) c
WHERE c.line_id = l.line_id;

-- One of the dish that goes wrong; never the only line, so that an order never ends by it.
UPDATE past_lines l SET taken = 1
FROM (SELECT x.order_id, x.key, count(*)::integer AS lines FROM past_lines x GROUP BY x.order_id, x.key) n
WHERE n.order_id = l.order_id AND n.lines > 1 AND l.mishap IN ('void', 'comp', 'refund') AND l.position = 1 + pg_temp.draw(n.key || ' wrong', n.lines);
UPDATE past_visits v SET mishap = NULL
WHERE v.mishap IN ('void', 'comp', 'refund') AND NOT EXISTS (SELECT FROM past_lines l WHERE l.visit = v.key AND l.taken > 0);
UPDATE past_lines l SET mishap = NULL FROM past_visits v WHERE v.key = l.visit AND v.mishap IS NULL;
UPDATE past_orders o SET mishap = NULL FROM past_visits v WHERE v.key = o.visit AND v.mishap IS NULL;

CREATE INDEX ON past_lines (order_id);
ANALYZE past_houses, past_visits, past_orders, past_lines, past_choices;

-- Figures, by the rules of docs/money.md --------------------------------------

-- Each line as it was ordered (0) and as it stands after what went wrong (1); a discount is a tenth.
CREATE TEMP TABLE past_shares ON COMMIT DROP AS
WITH stands AS (
  SELECT l.*, s.state, l.quantity - s.state * l.taken AS stands, (l.price + l.modifiers) * (l.quantity - s.state * l.taken) AS subtotal
  FROM past_lines l
  CROSS JOIN generate_series(0, 1) AS s (state)
), spread AS (
  SELECT s.*, CASE WHEN s.state = 1 AND s.mishap = 'discount' THEN round(sum(s.subtotal) OVER o / 10) ELSE 0 END AS off, sum(s.subtotal) OVER o AS whole
  FROM stands s
  WINDOW o AS (PARTITION BY s.order_id, s.state)
), parts AS (
  SELECT p.*, (div(p.off * p.subtotal, greatest(p.whole, 1)) + CASE WHEN row_number() OVER (o ORDER BY mod(p.off * p.subtotal, greatest(p.whole, 1)) DESC, p.position)
      <= p.off - sum(div(p.off * p.subtotal, greatest(p.whole, 1))) OVER o THEN 1 ELSE 0 END)::bigint AS discount
  FROM spread p
  WINDOW o AS (PARTITION BY p.order_id, p.state)
), taxed AS ( -- a table's tax is rounded once: an order bears what it moves it by
  SELECT p.*, p.subtotal - p.discount AS rest, sum(p.subtotal - p.discount) OVER rate AS base, sum(p.subtotal - p.discount) OVER upto AS upto
  FROM parts p
  WINDOW rate AS (PARTITION BY p.order_id, p.state, p.rate), upto AS (PARTITION BY p.visit, p.state, p.rate ORDER BY p.nth RANGE UNBOUNDED PRECEDING)
), rounded AS (
  SELECT t.*, round(t.upto * t.rate / t.parts) - round((t.upto - t.base) * t.rate / t.parts) AS rate_tax
  FROM (SELECT x.*, 1000000.0 + CASE WHEN x.prices_include_tax THEN x.rate ELSE 0 END AS parts FROM taxed x) t
)
SELECT r.restaurant_id, r.order_id, r.visit, r.line_id, r.item_id, r.position, r.state, r.rate, r.stands AS quantity, r.subtotal, r.discount, r.rest, r.rate_tax,
  (div(r.rate_tax * r.rest, greatest(r.base, 1)) + CASE WHEN row_number() OVER (g ORDER BY mod(r.rate_tax * r.rest, greatest(r.base, 1)) DESC, r.position)
    <= r.rate_tax - sum(div(r.rate_tax * r.rest, greatest(r.base, 1))) OVER g THEN 1 ELSE 0 END)::bigint AS tax
FROM rounded r
WINDOW g AS (PARTITION BY r.order_id, r.state, r.rate);

CREATE INDEX ON past_shares (order_id);
ANALYZE past_shares;
CREATE TEMP TABLE past_figures ON COMMIT DROP AS
SELECT f.order_id, f.state, sum(f.subtotal)::bigint AS subtotal, sum(f.discount)::bigint AS discount, sum(f.tax)::bigint AS tax, sum(f.total)::bigint AS total,
  jsonb_agg(jsonb_build_object('rate_ppm', f.rate, 'taxable', f.taxable, 'amount', f.tax) ORDER BY f.rate) FILTER (WHERE f.quantity > 0) AS taxes
FROM (
  SELECT s.order_id, s.state, s.rate, sum(s.quantity) AS quantity, sum(s.subtotal)::bigint AS subtotal, sum(s.discount)::bigint AS discount, sum(s.rest)::bigint AS taxable,
    sum(s.tax)::bigint AS tax, sum(s.rest + CASE WHEN h.prices_include_tax THEN 0 ELSE s.tax END)::bigint AS total
  FROM past_shares s
  JOIN past_houses h ON h.restaurant_id = s.restaurant_id
  GROUP BY s.order_id, s.state, s.rate) f
GROUP BY f.order_id, f.state;

ANALYZE past_figures;

-- What was paid, at a fifth of the tables by two. due: what it pays, from what others have paid before. Of a stay
-- that ends with a refund all is paid first.
CREATE TEMP TABLE past_payments ON COMMIT DROP AS
SELECT p.*, pg_temp.id_at(p.paid_at, p.visit || ' payment ' || p.n) AS payment_id, round(p.due / p.step) * p.step - p.due AS rounding,
  CASE WHEN p.table_id IS NOT NULL AND pg_temp.draw(p.visit || ' tip', 100) < 45 THEN p.unit * (1 + pg_temp.draw(p.visit || ' tip of ' || p.n, 10)) ELSE 0 END AS tip
FROM (
  SELECT v.restaurant_id, v.currency, v.day, v.key AS visit, v.table_id, v.session_id, v.mishap, k.n, k.n = w.payers AS is_last, m.method, u.unit,
    CASE WHEN m.method = 'cash' AND v.coin IS NOT NULL AND k.n = w.payers THEN v.coin ELSE 1 END AS step,
    CASE WHEN k.n < w.payers THEN b.half WHEN w.payers = 2 THEN b.due - b.half ELSE b.due END::numeric AS due, CASE k.n WHEN 1 THEN 0 ELSE b.half END AS before,
    v.begins + make_interval(secs => CASE WHEN v.table_id IS NULL THEN 30 ELSE v.length * 37 + 60 * k.n + pg_temp.draw(v.key || ' pays', 180) END) AS paid_at,
    CASE WHEN c.draw < 8 THEN v.manager WHEN c.draw < CASE WHEN v.table_id IS NULL THEN 80 ELSE 40 END THEN v.cashier ELSE v.waiter END AS staff_id,
    CASE WHEN c.draw < 8 THEN 'manager' WHEN c.draw < CASE WHEN v.table_id IS NULL THEN 80 ELSE 40 END THEN 'cashier' ELSE 'waiter' END AS role
  FROM past_visits v
  CROSS JOIN LATERAL (SELECT CASE v.slug WHEN 'spice-garden' THEN 1000 ELSE 50 END AS unit) u
  JOIN (
    SELECT o.visit, sum(f.total)::bigint AS due
    FROM past_orders o
    JOIN past_figures f ON f.order_id = o.order_id AND f.state = CASE WHEN o.mishap = 'refund' THEN 0 ELSE 1 END
    GROUP BY o.visit) a ON a.visit = v.key
  CROSS JOIN LATERAL (SELECT a.due, a.due / 2 / u.unit * u.unit AS half) b
  CROSS JOIN LATERAL (
    SELECT CASE WHEN v.table_id IS NOT NULL AND v.mishap IS NULL AND b.half > 0 AND pg_temp.draw(v.key || ' payers', 5) = 0 THEN 2 ELSE 1 END AS payers) w
  CROSS JOIN LATERAL generate_series(1, w.payers) AS k (n)
  CROSS JOIN LATERAL (SELECT pg_temp.draw(v.key || ' staff ' || k.n, 100) AS draw) c
  CROSS JOIN LATERAL (
    SELECT CASE WHEN v.mishap = 'refund' OR d.draw < 40 THEN 'card' WHEN d.draw < 65 AND v.currency = 'INR' THEN 'upi' ELSE 'cash' END AS method
    FROM (SELECT pg_temp.draw(v.key || ' method ' || k.n, 100) AS draw) d) m) p;

ANALYZE past_payments;

-- What went wrong, as a document of the order: the difference between its two states.
CREATE TEMP TABLE past_documents ON COMMIT DROP AS
SELECT o.restaurant_id, o.order_id, o.session_id, o.day, o.visit, o.mishap, l.line_id, d.at, pg_temp.id_at(d.at, o.key || ' document') AS document_id,
  CASE WHEN o.mishap = 'refund' THEN pg_temp.id_at(d.at, o.key || ' refund') END AS refund_id, r.texts[1 + pg_temp.draw(o.key || ' reason', cardinality(r.texts))] AS reason,
  CASE WHEN o.mishap = 'void' THEN h.waiter WHEN o.mishap = 'discount' THEN h.cashier ELSE h.manager END AS staff_id,
  CASE WHEN o.mishap = 'void' THEN 'waiter' WHEN o.mishap = 'discount' THEN 'cashier' ELSE 'manager' END AS role,
  f.subtotal - p.subtotal AS subtotal, f.discount - p.discount AS discount, f.tax - p.tax AS tax, f.total - p.total AS total
FROM past_orders o
JOIN past_houses h ON h.restaurant_id = o.restaurant_id
JOIN past_figures p ON p.order_id = o.order_id AND p.state = 0
JOIN past_figures f ON f.order_id = o.order_id AND f.state = 1
JOIN past_payments y ON y.visit = o.visit AND y.n = 1
JOIN (VALUES
  ('void', '{Ordered twice,Sold out,Guest changed their mind}'::text[]), ('comp', '{Came late,Too salty,Birthday}'),
  ('discount', '{Regular guests,Friends of the house,Long wait}'), ('refund', '{Was cold,Wrong dish,Not as ordered}')) AS r (mishap, texts) ON r.mishap = o.mishap
LEFT JOIN past_lines l ON l.order_id = o.order_id AND l.taken > 0
CROSS JOIN LATERAL (
  SELECT y.paid_at + CASE WHEN o.mishap <> 'refund' THEN interval '-20 seconds' WHEN o.table_id IS NULL THEN interval '20 minutes' ELSE interval '40 seconds' END AS at) d;

ANALYZE past_documents;

-- Rows ------------------------------------------------------------------------

INSERT INTO sessions (restaurant_id, id, table_id, status, opened_by, opened_by_staff_id, pin_hash, expires_at, closed_at, closed_by_staff_id, version, created_at, updated_at, sums)
SELECT v.restaurant_id, v.session_id, v.table_id, 'closed', CASE WHEN v.slug = 'spice-garden' THEN 'diner' ELSE 'staff' END, CASE WHEN v.slug <> 'spice-garden' THEN v.waiter END,
  sha256(v.key::bytea), v.begins + v.expiry, p.paid_at + interval '1 minute', p.staff_id, 2, v.begins, p.paid_at + interval '1 minute', s.sums
FROM past_visits v
JOIN past_payments p ON p.visit = v.key AND p.is_last
JOIN (
  SELECT x.visit, format('{"taxes":[%s],"services":[]}', string_agg(format('[%s,%s,%s,1000000]', x.rate, x.prices_include_tax::text, x.base), ',' ORDER BY x.rate)) AS sums
  FROM (
    SELECT s.visit, s.rate, h.prices_include_tax, sum(s.rest) AS base
    FROM past_shares s
    JOIN past_houses h ON h.restaurant_id = s.restaurant_id
    WHERE s.state = 1
    GROUP BY s.visit, s.rate, h.prices_include_tax
    HAVING sum(s.rest) <> 0) x
  GROUP BY x.visit) s ON s.visit = v.key
WHERE v.session_id IS NOT NULL;

INSERT INTO users (restaurant_id, id, session_id, display_name, created_at)
SELECT v.restaurant_id, pg_temp.id_at(v.begins, v.key || ' guest ' || n), v.session_id,
  (CASE v.slug WHEN 'spice-garden' THEN '{Aarav,Diya,Kabir,Ananya,Rohan,Ishita,Sanjay,Nila,Tara,Imran}' ELSE '{Paolo,Chiara,Matteo,Sofia,Dario,Irene,Bruno,Alba}' END::text[])[
    1 + (pg_temp.draw(v.key || ' guest', 8) + n) % 8], v.begins
FROM past_visits v
CROSS JOIN generate_series(1, 2) AS n
WHERE v.session_id IS NOT NULL AND (n <= v.orders OR pg_temp.draw(v.key || ' guests', 2) = 0);

INSERT INTO orders (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, staff_id, order_type, status, payment_status, currency, prices_include_tax,
  subtotal, tax_amount, taxes, total_amount, discount_reduces_tax, standing, standing_total, version, created_at, updated_at)
SELECT o.restaurant_id, o.order_id, o.day, o.number, o.table_id, o.session_id, u.id, CASE WHEN u.id IS NULL THEN CASE WHEN o.table_id IS NULL THEN h.cashier ELSE h.waiter END END,
  o.order_type, 'completed', CASE WHEN o.mishap = 'refund' THEN 'partially_refunded' ELSE 'paid' END, h.currency, h.prices_include_tax, p.subtotal, p.tax, p.taxes, p.total, true,
  CASE WHEN o.mishap IS NOT NULL THEN jsonb_build_object('adjusted', z.stands, 'settled', z.stands || '{"service_base": 0}') END, CASE WHEN o.mishap IS NOT NULL THEN f.total END,
  6 + (o.mishap IS NOT NULL)::integer, o.placed, y.paid_at + interval '30 seconds'
FROM past_orders o
JOIN past_houses h ON h.restaurant_id = o.restaurant_id
JOIN past_figures p ON p.order_id = o.order_id AND p.state = 0
JOIN past_figures f ON f.order_id = o.order_id AND f.state = 1
JOIN past_payments y ON y.visit = o.visit AND y.n = 1
CROSS JOIN LATERAL (
  SELECT jsonb_build_object('taxes', f.taxes, 'subtotal', f.subtotal, 'tax_amount', f.tax, 'tip_amount', 0, 'deposit_used', 0, 'total_amount', f.total,
    'discount_amount', f.discount, 'service_charge_amount', 0) AS stands) z
LEFT JOIN users u ON u.restaurant_id = o.restaurant_id AND h.slug = 'spice-garden' AND u.session_id = o.session_id
  AND u.id = pg_temp.id_at(u.created_at, o.visit || ' guest ' || o.nth);

INSERT INTO order_counters (restaurant_id, business_date, last_number)
SELECT o.restaurant_id, o.day, max(o.number) FROM past_orders o GROUP BY o.restaurant_id, o.day;

INSERT INTO order_items (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm, station, status, version,
  created_at, updated_at, voided_quantity, preparing_at, ready_at)
SELECT l.restaurant_id, l.line_id, l.order_id, l.position, l.item_id, l.name, l.price, l.modifiers, l.quantity, (l.price + l.modifiers) * l.quantity, l.rate, l.station,
  CASE WHEN l.mishap = 'void' AND l.taken = l.quantity THEN 'cancelled' WHEN l.order_type = 'takeaway' THEN 'ready' ELSE 'served' END, 4, l.placed, l.placed + interval '17 minutes',
  CASE WHEN l.mishap = 'void' THEN l.taken ELSE 0 END, l.placed + interval '3 minutes', l.placed + make_interval(mins => 8 + l.position)
FROM past_lines l;

INSERT INTO order_item_customizations (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name, price_modifier)
SELECT c.restaurant_id, pg_temp.id_at(c.placed, c.line_id::text || c.value_id), c.line_id, c.place, c.option_id, c.value_id, c.option_name, c.value_name, c.price_modifier
FROM past_choices c;

INSERT INTO payments (restaurant_id, id, business_date, order_id, session_id, amount, tip_amount, refunded_amount, currency, method, card_brand, card_last4, staff_id, version,
  created_at, updated_at, rounding_amount)
SELECT p.restaurant_id, p.payment_id, p.day, CASE WHEN p.session_id IS NULL THEN o.order_id END, p.session_id, p.due + p.rounding, p.tip, coalesce(-d.total, 0), p.currency, p.method,
  CASE WHEN p.method = 'card' THEN CASE pg_temp.draw(p.visit || ' brand', 3) WHEN 0 THEN 'mastercard' ELSE 'visa' END END,
  CASE WHEN p.method = 'card' THEN lpad(pg_temp.draw(p.visit || ' digits', 10000)::text, 4, '0') END, p.staff_id, CASE WHEN d.total IS NULL THEN 1 ELSE 2 END,
  p.paid_at, coalesce(d.at, p.paid_at), p.rounding
FROM past_payments p
JOIN past_orders o ON o.visit = p.visit AND o.nth = 1
LEFT JOIN past_documents d ON d.visit = p.visit AND d.mishap = 'refund';

-- The oldest order first.
INSERT INTO payment_allocations (restaurant_id, payment_id, order_id, amount, refunded_amount)
SELECT p.restaurant_id, p.payment_id, o.order_id, least(p.before + p.due, o.upto) - greatest(p.before, o.upto - o.due), coalesce(-d.total, 0)
FROM past_payments p
JOIN (
  SELECT x.visit, x.order_id, f.total AS due, sum(f.total) OVER (PARTITION BY x.visit ORDER BY x.nth) AS upto
  FROM past_orders x
  JOIN past_figures f ON f.order_id = x.order_id AND f.state = CASE WHEN x.mishap = 'refund' THEN 0 ELSE 1 END) o ON o.visit = p.visit
LEFT JOIN past_documents d ON d.order_id = o.order_id AND d.mishap = 'refund'
WHERE least(p.before + p.due, o.upto) > greatest(p.before, o.upto - o.due);

INSERT INTO refunds (restaurant_id, id, business_date, payment_id, amount, reason, staff_id, created_at)
SELECT d.restaurant_id, d.refund_id, d.day, p.payment_id, -d.total, d.reason, d.staff_id, d.at
FROM past_documents d
JOIN past_payments p ON p.visit = d.visit
WHERE d.mishap = 'refund';

INSERT INTO order_adjustments (restaurant_id, id, order_id, business_date, kind, item_id, quantity, rate_ppm, reason, subtotal, discount_amount, service_charge_amount, tax_amount,
  tip_amount, deposit_used, total_amount, taxes, refund_id, actor_role, actor_id, created_at, lines)
SELECT d.restaurant_id, d.document_id, d.order_id, d.day, CASE WHEN d.mishap = 'refund' THEN 'comp' ELSE d.mishap END, d.line_id, CASE WHEN d.line_id IS NOT NULL THEN 1 END,
  CASE WHEN d.mishap = 'discount' THEN 100000 END, d.reason, d.subtotal, d.discount, 0, d.tax, 0, 0, d.total, t.taxes, d.refund_id, d.role, d.staff_id, d.at, t.lines
FROM past_documents d
JOIN (
  SELECT x.order_id,
    (SELECT jsonb_agg(jsonb_build_object('rate_ppm', r.rate, 'taxable', r.taxable, 'amount', r.tax) ORDER BY r.rate)
     FROM (
       SELECT z.rate, sum((2 * z.state - 1) * z.rest)::bigint AS taxable, sum((2 * z.state - 1) * z.tax)::bigint AS tax
       FROM past_shares z
       WHERE z.order_id = x.order_id
       GROUP BY z.rate) r
     WHERE r.taxable <> 0 OR r.tax <> 0) AS taxes,
    (SELECT jsonb_agg(jsonb_build_object('id', a.line_id, 'quantity', b.quantity - a.quantity, 'subtotal', b.subtotal - a.subtotal, 'discount_amount', b.discount - a.discount,
       'tax_amount', b.tax - a.tax) ORDER BY a.position)
     FROM past_shares a
     JOIN past_shares b ON b.order_id = a.order_id AND b.line_id = a.line_id AND b.state = 1
     WHERE a.order_id = x.order_id AND a.state = 0
       AND (b.quantity, b.subtotal, b.discount, b.tax) IS DISTINCT FROM (a.quantity, a.subtotal, a.discount, a.tax)) AS lines
  FROM past_documents x) t ON t.order_id = d.order_id;

INSERT INTO order_status_history (restaurant_id, id, order_id, from_status, to_status, actor_role, actor_id, created_at)
SELECT s.restaurant_id, pg_temp.id_at(s.at, s.order_id::text || s.status), s.order_id, s.before, s.status, s.role, s.actor_id, s.at
FROM (
  SELECT o.restaurant_id, o.id AS order_id, x.status, x.role, x.actor_id, x.at, lag(x.status) OVER (PARTITION BY o.id ORDER BY x.at) AS before
  FROM past_orders p
  JOIN past_houses h ON h.restaurant_id = p.restaurant_id
  JOIN orders o ON o.restaurant_id = p.restaurant_id AND o.id = p.order_id
  CROSS JOIN LATERAL (VALUES
    ('pending', CASE WHEN o.diner_id IS NOT NULL THEN 'diner' WHEN o.table_id IS NULL THEN 'cashier' ELSE 'waiter' END, coalesce(o.diner_id, o.staff_id), o.created_at),
    ('preparing', 'kitchen', h.kitchen, o.created_at + interval '3 minutes'), ('ready', 'kitchen', h.kitchen, o.created_at + interval '14 minutes'),
    ('served', 'waiter', h.waiter, o.created_at + interval '17 minutes'),
    ('completed', 'waiter', h.waiter, greatest(o.updated_at, o.created_at + interval '18 minutes'))) AS x (status, role, actor_id, at)
  WHERE x.status <> 'served' OR o.order_type = 'dine_in') s;

INSERT INTO session_activity_log (restaurant_id, id, session_id, action, actor_role, actor_id, details, created_at)
SELECT a.restaurant_id, pg_temp.id_at(a.at, a.session_id::text || a.action || a.what), a.session_id, a.action, a.role, a.actor_id, a.details, a.at
FROM (
  SELECT u.restaurant_id, u.session_id, CASE WHEN v.slug <> 'spice-garden' OR u.id <> pg_temp.id_at(v.begins, v.key || ' guest 1') THEN 'diner_joined' ELSE 'session_opened' END AS action,
    'diner' AS role, u.id AS actor_id, u.id::text AS what, '{}'::jsonb AS details, u.created_at AS at
  FROM past_visits v
  JOIN users u ON u.restaurant_id = v.restaurant_id AND u.session_id = v.session_id
  UNION ALL
  SELECT v.restaurant_id, v.session_id, 'session_opened', 'waiter', v.waiter, '', '{}', v.begins FROM past_visits v WHERE v.session_id IS NOT NULL AND v.slug <> 'spice-garden'
  UNION ALL
  SELECT o.restaurant_id, o.session_id, 'order_placed', CASE WHEN o.diner_id IS NULL THEN 'waiter' ELSE 'diner' END, coalesce(o.diner_id, o.staff_id), o.id::text,
    jsonb_build_object('order_id', o.id), o.created_at
  FROM past_orders p
  JOIN orders o ON o.restaurant_id = p.restaurant_id AND o.id = p.order_id
  WHERE o.session_id IS NOT NULL
  UNION ALL
  SELECT d.restaurant_id, d.session_id, 'order_adjusted', d.role, d.staff_id, d.document_id::text,
    jsonb_build_object('kind', d.mishap, 'order_id', d.order_id, 'adjustment_id', d.document_id), d.at
  FROM past_documents d
  WHERE d.session_id IS NOT NULL AND d.mishap <> 'refund'
  UNION ALL
  SELECT d.restaurant_id, d.session_id, 'payment_refunded', d.role, d.staff_id, d.refund_id::text,
    jsonb_build_object('amount', -d.total, 'refund_id', d.refund_id, 'payment_id', p.payment_id, 'tip_amount', 0), d.at
  FROM past_documents d
  JOIN past_payments p ON p.visit = d.visit
  WHERE d.session_id IS NOT NULL AND d.mishap = 'refund'
  UNION ALL
  SELECT p.restaurant_id, p.session_id, 'payment_recorded', p.role, p.staff_id, p.payment_id::text,
    jsonb_build_object('amount', p.due + p.rounding, 'method', p.method, 'payment_id', p.payment_id, 'tip_amount', p.tip), p.paid_at
  FROM past_payments p
  WHERE p.session_id IS NOT NULL
  UNION ALL
  SELECT s.restaurant_id, s.id, 'session_closed', w.role, s.closed_by_staff_id, '', '{"reason": null, "unpaid_orders": 0}', s.closed_at
  FROM past_visits v
  JOIN sessions s ON s.restaurant_id = v.restaurant_id AND s.id = v.session_id
  JOIN staff w ON w.restaurant_id = s.restaurant_id AND w.id = s.closed_by_staff_id) a;

-- The days, each closed in its turn. Plans need to know how much there is now.
ANALYZE sessions, orders, order_items, order_adjustments, payments, payment_allocations, refunds;
SELECT close_day(d.restaurant_id, d.day, d.manager, false)
FROM (
  SELECT h.restaurant_id, h.today - n AS day, h.manager
  FROM past_houses h
  CROSS JOIN generate_series(1, current_setting('orderzap.history_days')::integer) AS n
  ORDER BY h.restaurant_id, day) d;

-- Rows of every table, for the tests that go through the catalogue.

-- The same name is always the same id, so that fixtures can refer to rows.
CREATE FUNCTION tap.id(tenant text, thing text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('tap ' || tenant || ' ' || thing)::uuid $$;

-- One restaurant with at least one row in every table.
CREATE FUNCTION tap.fixture(tenant text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  r uuid := tap.id(tenant, 'restaurant');
  closed date := CASE tenant WHEN 'A' THEN date '2029-12-31' ELSE '2029-12-30' END;
BEGIN
  INSERT INTO public.restaurants (id, slug, name, currency, timezone)
  VALUES (r, 'tap-' || lower(tenant), 'Restaurant ' || tenant, 'INR', 'Asia/Kolkata');
  INSERT INTO public.slugs (slug, restaurant_id) VALUES ('tap-' || lower(tenant), r);
  INSERT INTO public.staff (restaurant_id, id, email, display_name, role, password_hash)
  VALUES (r, tap.id(tenant, 'staff'), 'owner@example.com', 'Owner', 'owner', '$argon2id$');
  INSERT INTO public.refresh_tokens (restaurant_id, id, family_id, staff_id, token_hash, expires_at)
  VALUES (r, tap.id(tenant, 'token'), tap.id(tenant, 'family'), tap.id(tenant, 'staff'), '\x01', now() + '1 day');
  INSERT INTO public.tables (restaurant_id, id, name, seats, zone) VALUES
    (r, tap.id(tenant, 'table'), 'T1', 4, 'Hall'),
    (r, tap.id(tenant, 'second table'), 'T2', 2, NULL);
  INSERT INTO public.qr_codes (restaurant_id, id, table_id, code)
  VALUES (r, tap.id(tenant, 'qr'), tap.id(tenant, 'table'), 'abcdefgh');
  INSERT INTO public.sessions (restaurant_id, id, table_id, opened_by, opened_by_staff_id, pin_hash, expires_at)
  VALUES (r, tap.id(tenant, 'session'), tap.id(tenant, 'table'), 'staff', tap.id(tenant, 'staff'), '\x02', now() + '3 hours');
  INSERT INTO public.sessions (restaurant_id, id, table_id, status, opened_by, pin_hash, expires_at, closed_at, closed_by_staff_id)
  VALUES (r, tap.id(tenant, 'closed session'), tap.id(tenant, 'table'), 'closed', 'diner', '\x03', now(), now(), tap.id(tenant, 'staff'));
  INSERT INTO public.users (restaurant_id, id, session_id, display_name)
  VALUES (r, tap.id(tenant, 'diner'), tap.id(tenant, 'session'), 'Asha');
  INSERT INTO public.session_activity_log (restaurant_id, id, session_id, action, actor_role)
  VALUES (r, tap.id(tenant, 'activity'), tap.id(tenant, 'session'), 'opened', 'owner');
  INSERT INTO public.service_calls (restaurant_id, id, session_id, table_id, diner_id, kind, acknowledged_by, acknowledged_at)
  VALUES (r, tap.id(tenant, 'call'), tap.id(tenant, 'session'), tap.id(tenant, 'table'), tap.id(tenant, 'diner'),
          'water', tap.id(tenant, 'staff'), now());
  INSERT INTO public.menu_categories (restaurant_id, id, name)
  VALUES (r, tap.id(tenant, 'category'), 'Mains');
  INSERT INTO public.menu_items (restaurant_id, id, category_id, name, price)
  VALUES (r, tap.id(tenant, 'item'), tap.id(tenant, 'category'), 'Dosa', 1000);
  INSERT INTO public.menu_item_options (restaurant_id, id, menu_item_id, name)
  VALUES (r, tap.id(tenant, 'option'), tap.id(tenant, 'item'), 'Size');
  INSERT INTO public.menu_item_option_values (restaurant_id, id, option_id, name, price_modifier)
  VALUES (r, tap.id(tenant, 'value'), tap.id(tenant, 'option'), 'Large', 50);
  INSERT INTO public.order_counters (restaurant_id, business_date, last_number) VALUES (r, '2030-01-01', 1);
  INSERT INTO public.event_tickets (restaurant_id, ticket_hash, role, caller_id, expires_at)
  VALUES (r, '\x05', 'diner', tap.id(tenant, 'diner'), now() + '1 minute');
  INSERT INTO public.live_channels (restaurant_id, scope_id, channel) VALUES (r, tap.id(tenant, 'session'), tap.id(tenant, 'channel'));
  INSERT INTO public.closed_channels (restaurant_id, channel, kind) VALUES (r, tap.id(tenant, 'session'), 's');
  INSERT INTO public.door_addresses (restaurant_id, door_id, address_hash, is_known, failures, expires_at)
  VALUES (r, tap.id(tenant, 'staff'), decode(repeat('06', 32), 'hex'), false, 1, now() + '1 day');
  INSERT INTO public.orders (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, staff_id,
    order_type, currency, prices_include_tax, subtotal, tax_amount, taxes, tip_amount, discount_amount, deposit_used, total_amount)
  VALUES (r, tap.id(tenant, 'order'), '2030-01-01', 1, tap.id(tenant, 'table'), tap.id(tenant, 'session'),
    tap.id(tenant, 'diner'), tap.id(tenant, 'staff'), 'dine_in', 'INR', false, 2100, 105,
    '[{"rate_ppm": 50000, "taxable": 2100, "amount": 105}]', 10, 5, 3, 2207);
  INSERT INTO public.order_items (restaurant_id, id, order_id, position, menu_item_id, name, price,
    customization_amount, quantity, subtotal, tax_rate_ppm)
  VALUES (r, tap.id(tenant, 'line'), tap.id(tenant, 'order'), 1, tap.id(tenant, 'item'), 'Dosa', 1000, 50, 2, 2100, 50000);
  INSERT INTO public.order_item_customizations (restaurant_id, id, order_item_id, position, option_id, value_id,
    option_name, value_name, price_modifier)
  VALUES (r, tap.id(tenant, 'customization'), tap.id(tenant, 'line'), 1, tap.id(tenant, 'option'), tap.id(tenant, 'value'),
    'Size', 'Large', 50);
  INSERT INTO public.order_status_history (restaurant_id, id, order_id, to_status, actor_role)
  VALUES (r, tap.id(tenant, 'history'), tap.id(tenant, 'order'), 'pending', 'diner');
  INSERT INTO public.idempotency_keys (restaurant_id, caller, key, request_hash, status, answer)
  VALUES (r, 'diner', 'k1', 'hash', 201, '{}');
  INSERT INTO public.payment_intents (restaurant_id, id, order_id, session_id, diner_id, staff_id, provider, amount, currency, expires_at) VALUES
    (r, tap.id(tenant, 'intent'), tap.id(tenant, 'order'), NULL, tap.id(tenant, 'diner'), tap.id(tenant, 'staff'),
     'upi', 2207, 'INR', now() + '10 minutes'),
    (r, tap.id(tenant, 'second intent'), NULL, tap.id(tenant, 'session'), NULL, NULL, 'upi', 2207, 'INR', now() + '10 minutes');
  INSERT INTO public.drawers (restaurant_id, id, staff_id, name, float_amount, currency, business_date, closed_at, closed_by, closed_date,
    cash_paid, cash_refunded, tips, paid_in, paid_out, expected, counted) VALUES
    (r, tap.id(tenant, 'drawer'), tap.id(tenant, 'staff'), 'Bar', 5000, 'INR', '2030-01-01', NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (r, tap.id(tenant, 'counted drawer'), tap.id(tenant, 'staff'), NULL, 5000, 'INR', '2030-01-01', now(), tap.id(tenant, 'staff'), '2030-01-01',
     900, 100, 10, 20, 50, 5770, 5700);
  INSERT INTO public.drawer_movements (restaurant_id, id, drawer_id, amount, reason, staff_id, business_date)
  VALUES (r, tap.id(tenant, 'movement'), tap.id(tenant, 'drawer'), -700, 'ice', tap.id(tenant, 'staff'), '2030-01-01');
  INSERT INTO public.shift_notes (restaurant_id, id, business_date, staff_id, note)
  VALUES (r, tap.id(tenant, 'shift note'), '2030-01-01', tap.id(tenant, 'staff'), 'The ice machine leaks');
  INSERT INTO public.payments (restaurant_id, id, order_id, session_id, intent_id, amount, tip_amount, currency, method, staff_id, diner_id,
    drawer_id, business_date)
  VALUES (r, tap.id(tenant, 'payment'), tap.id(tenant, 'order'), tap.id(tenant, 'session'), tap.id(tenant, 'intent'),
    2207, 10, 'INR', 'upi', tap.id(tenant, 'staff'), tap.id(tenant, 'diner'), tap.id(tenant, 'drawer'), '2030-01-01');
  INSERT INTO public.refunds (restaurant_id, id, payment_id, amount, reason, staff_id, drawer_id, business_date, status)
  VALUES (r, tap.id(tenant, 'refund'), tap.id(tenant, 'payment'), 100, 'cold', tap.id(tenant, 'staff'), tap.id(tenant, 'drawer'), '2030-01-01', 'pending');
  INSERT INTO public.payment_providers (restaurant_id, provider, secret_sealed) VALUES (r, 'upi', 'sealed');
  INSERT INTO public.payment_intent_allocations (restaurant_id, intent_id, order_id, amount)
  VALUES (r, tap.id(tenant, 'intent'), tap.id(tenant, 'order'), 2207);
  INSERT INTO public.payment_allocations (restaurant_id, payment_id, order_id, amount, refunded_amount)
  VALUES (r, tap.id(tenant, 'payment'), tap.id(tenant, 'order'), 2000, 100);
  INSERT INTO public.order_adjustments (restaurant_id, id, order_id, business_date, kind, item_id, quantity, amount, reason, subtotal,
    discount_amount, service_charge_amount, tax_amount, tip_amount, deposit_used, total_amount, taxes, refund_id, transfer_order_id,
    actor_role, actor_id)
  VALUES (r, tap.id(tenant, 'adjustment'), tap.id(tenant, 'order'), '2030-01-01', 'discount', tap.id(tenant, 'line'), 1, 100, 'late', 0,
    100, 0, -5, 0, 0, -105, '[{"rate_ppm": 50000, "taxable": -100, "amount": -5}]', NULL, NULL, 'manager', tap.id(tenant, 'staff'));
  INSERT INTO public.allocation_moves (restaurant_id, id, payment_id, from_order_id, to_order_id, amount, business_date)
  VALUES (r, tap.id(tenant, 'allocation move'), tap.id(tenant, 'payment'), tap.id(tenant, 'order'), tap.id(tenant, 'order'), 7, '2030-01-01');
  INSERT INTO public.shares (restaurant_id, id, session_id, split_by, label, diner_id, amount, paid)
  VALUES (r, tap.id(tenant, 'share'), tap.id(tenant, 'session'), 'diner', 'Asha', tap.id(tenant, 'diner'), 2207, 2207);
  INSERT INTO public.receipt_counters (restaurant_id, kind, fiscal_year, last_number) VALUES (r, 'receipt', 2030, 1), (r, 'credit_note', 2030, 1);
  INSERT INTO public.receipts (restaurant_id, id, kind, fiscal_year, number, reference, business_date, session_id, share_id, corrects_id,
    payment_id, total_amount, figures, document, staff_id, issued_at)
  VALUES
    (r, tap.id(tenant, 'receipt'), 'receipt', 2030, 1, '2030-000001', '2030-01-01', tap.id(tenant, 'session'), tap.id(tenant, 'share'), NULL,
     tap.id(tenant, 'payment'), 2207, '{"total_amount": 2207}', '{"kind": "receipt"}', tap.id(tenant, 'staff'), '2030-01-01'),
    (r, tap.id(tenant, 'credit note'), 'credit_note', 2030, 1, 'C2030-000001', '2030-01-01', tap.id(tenant, 'session'), tap.id(tenant, 'share'),
     tap.id(tenant, 'receipt'), tap.id(tenant, 'payment'), -105, '{"total_amount": -105}', '{"kind": "credit_note"}', tap.id(tenant, 'staff'), '2030-01-01');
  INSERT INTO public.receipt_orders (restaurant_id, receipt_id, order_id, covers) VALUES
    (r, tap.id(tenant, 'receipt'), tap.id(tenant, 'order'), 'order'), (r, tap.id(tenant, 'credit note'), tap.id(tenant, 'order'), 'correction');
  INSERT INTO public.payment_events (restaurant_id, provider, event_id, intent_id, status, amount, currency, provider_ref, payment_id)
  VALUES (r, 'upi', 'e1', tap.id(tenant, 'intent'), 'captured', 2207, 'INR', 'ref', tap.id(tenant, 'payment'));
  INSERT INTO public.day_sales
  SELECT (jsonb_populate_record(NULL::public.day_sales, jsonb_object_agg(a.attname, 0) || jsonb_build_object(
    'restaurant_id', r, 'business_date', closed, 'cut', 'day', 'key', ''))).*
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = 'public.day_sales'::regclass AND a.attnum > 0;
  INSERT INTO public.business_days (restaurant_id, business_date, id, number, closed_by, was_forced, report)
  VALUES (r, closed, tap.id(tenant, 'day'), 1, tap.id(tenant, 'staff'), false, '{}');
  INSERT INTO public.events (restaurant_id, id, type, resource)
  VALUES (r, tap.id(tenant, 'event'), 'order.created', '{}');
  INSERT INTO public.sync_queue (restaurant_id, id, caller, client_id, change_id, type, payload, status)
  VALUES (r, tap.id(tenant, 'change'), 'staff:1', 'till', 'c1', 'order.create', '{}', 'applied');
END
$$;

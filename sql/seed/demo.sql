-- Demo data: two restaurants with tables, QR codes and menus.
--
-- Loaded by `orderzapctl seed` in one transaction, as orderzap_owner. It only
-- adds what is missing: a second run changes nothing. The program itself adds
-- the staff, whose passwords it hashes.
--
-- Ids are fixed, so that examples and tests can name them:
--
--   018cc251-f400-7RKK-8000-NNNNNNNNNNNN
--
--   R   restaurant: 1 Spice Garden, 2 Caffè Lungarno
--   KK  kind: 00 restaurant, 01 table, 02 QR code, 03 category, 04 item,
--       05 option, 06 option value
--   N   number within the kind, in decimal digits. An item's is category x 100
--       + position, an option's is item x 100 + the option's kind (below), a
--       value's is option x 100 + position.
--
-- The time in them is the first of January 2024, before any id made by the
-- program. QR codes are not fixed: each installation draws its own.

INSERT INTO restaurants
  (id, slug, name, currency, timezone, tax_rate_ppm, prices_include_tax, pin_length, session_opening)
VALUES
  ('018cc251-f400-7100-8000-000000000001', 'spice-garden', 'Spice Garden',
    'INR', 'Asia/Kolkata', 50000, false, 4, 'diner'),
  ('018cc251-f400-7200-8000-000000000001', 'caffe-lungarno', 'Caffè Lungarno',
    'EUR', 'Europe/Rome', 100000, true, 4, 'staff')
ON CONFLICT DO NOTHING;

INSERT INTO slugs (slug, restaurant_id) VALUES
  ('spice-garden', '018cc251-f400-7100-8000-000000000001'),
  ('caffe-lungarno', '018cc251-f400-7200-8000-000000000001')
ON CONFLICT DO NOTHING;

INSERT INTO tables (restaurant_id, id, name, seats, zone) VALUES
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000001', 'Table 1', 2, 'Garden'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000002', 'Table 2', 2, 'Garden'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000003', 'Table 3', 4, 'Garden'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000004', 'Table 4', 6, 'Garden'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000005', 'Table 5', 2, 'Hall'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000006', 'Table 6', 4, 'Hall'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000007', 'Table 7', 4, 'Hall'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000008', 'Table 8', 6, 'Hall'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000009', 'Table 9', 8, 'Hall'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000010', 'Table 10', 2, 'Terrace'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000011', 'Table 11', 4, 'Terrace'),
  ('018cc251-f400-7100-8000-000000000001', '018cc251-f400-7101-8000-000000000012', 'Table 12', 5, 'Terrace'),
  ('018cc251-f400-7200-8000-000000000001', '018cc251-f400-7201-8000-000000000001', 'Tavolo 1', 2, 'Sala'),
  ('018cc251-f400-7200-8000-000000000001', '018cc251-f400-7201-8000-000000000002', 'Tavolo 2', 4, 'Sala'),
  ('018cc251-f400-7200-8000-000000000001', '018cc251-f400-7201-8000-000000000003', 'Tavolo 3', 4, 'Riva')
ON CONFLICT DO NOTHING;

-- A code for each of the tables above, under the table's id with the kind 02.
-- The id stays taken when the code is retired, so a table gets one only once.
INSERT INTO qr_codes (restaurant_id, id, table_id, code)
SELECT t.restaurant_id, overlay(t.id::text PLACING '02' FROM 17)::uuid, t.id,
  substr(translate(encode(sha256(gen_random_uuid()::text::bytea), 'base64'), '+/=', ''), 1, 20)
FROM tables t
WHERE t.id::text LIKE '018cc251-f400-7_01-8000-%'
ORDER BY t.id
ON CONFLICT DO NOTHING;

-- Spice Garden ---------------------------------------------------------------

INSERT INTO menu_categories (restaurant_id, id, name, description, position)
SELECT '018cc251-f400-7100-8000-000000000001',
  ('018cc251-f400-7103-8000-' || to_char(c.number, 'FM000000000000'))::uuid,
  c.name, c.description, c.number
FROM (VALUES
  (1, 'Starters & Chaat', 'Small plates to share while the tandoor heats up.'),
  (2, 'From the Tandoor', 'Marinated overnight and roasted over charcoal in our clay oven.'),
  (3, 'Vegetarian Mains', 'Curries, lentils and vegetables, cooked to order.'),
  (4, 'Meat, Fish & Egg Mains', 'Slow-cooked curries from Kashmir to Kerala.'),
  (5, 'Biryani & Rice', 'Aged basmati. Biryanis are sealed with dough and finished on dum.'),
  (6, 'Breads', 'Baked to order on the wall of the tandoor.'),
  (7, 'Desserts', 'Made in house every morning.'),
  (8, 'Drinks', 'Lassi, chai, coolers and soft drinks. No alcohol is served.')
) AS c (number, name, description)
ORDER BY c.number
ON CONFLICT DO NOTHING;

INSERT INTO menu_items
  (restaurant_id, id, category_id, name, description, price, tags, allergens, station, tax_rate_ppm,
   is_available, position)
SELECT '018cc251-f400-7100-8000-000000000001',
  ('018cc251-f400-7104-8000-' || to_char(i.number, 'FM000000000000'))::uuid,
  ('018cc251-f400-7103-8000-' || to_char(i.number / 100, 'FM000000000000'))::uuid,
  i.name, i.description, i.price, i.tags::text[], i.allergens::text[], i.station, i.tax_rate_ppm,
  i.is_available, i.number % 100
FROM (VALUES
  -- Starters & Chaat
  (101, 'Vegetable Samosa', 9900, '{vegetarian,vegan,bestseller}', '{gluten}', 'kitchen', NULL, true,
    'Crisp pastry parcels of potato, green peas and roasted cumin, with mint and tamarind chutneys.'),
  (102, 'Onion Bhaji', 12900, '{vegetarian,vegan,gluten-free}', '{}', 'kitchen', NULL, true,
    'Shredded onion in a chickpea batter with ajwain and coriander seed, fried until lacy.'),
  (103, 'Papdi Chaat', 14900, '{vegetarian}', '{gluten,milk}', 'kitchen', NULL, true,
    'Crunchy wheat crisps, chickpeas and potato under cool yoghurt, tamarind and a shower of sev.'),
  (104, 'Dahi Puri', 13900, '{vegetarian,jain-on-request}', '{gluten,milk}', 'kitchen', NULL, true,
    'Six hollow puris filled with sprouted moong, sweet yoghurt and pomegranate. Eat each in one bite.'),
  (105, 'Gobi Manchurian', 21900, '{vegetarian,vegan,spicy}', '{gluten,soya,celery}', 'kitchen', NULL, true,
    'Cauliflower florets fried crisp and tossed in a dark soy, ginger and green chilli glaze.'),
  (106, 'Chilli Paneer', 26900, '{vegetarian,spicy}', '{gluten,milk,soya}', 'kitchen', NULL, true,
    'Paneer, bell pepper and spring onion from a smoking wok, in the Kolkata Chinese manner.'),
  (107, 'Chicken 65', 28900, '{spicy,bestseller}', '{eggs,milk}', 'kitchen', NULL, true,
    'Boneless chicken fried with curry leaves, red chilli and yoghurt; the Chennai bar snack.'),
  (108, 'Amritsari Fish Fry', 34900, '{}', '{fish,mustard}', 'kitchen', NULL, true,
    'River sole in carom-scented chickpea batter, served with lime, onion and chaat masala.'),
  (109, 'Mutton Shami Kebab', 33900, '{chef-special}', '{eggs}', 'kitchen', NULL, true,
    'Pan-seared patties of finely pounded mutton and split chickpeas with a minted onion heart.'),
  -- From the Tandoor
  (201, 'Paneer Tikka', 29900, '{vegetarian,gluten-free,bestseller}', '{milk,mustard}', 'tandoor', NULL, true,
    'Thick cubes of fresh paneer in a yoghurt and mustard-oil marinade, charred with peppers and onion.'),
  (202, 'Stuffed Tandoori Mushrooms', 27900, '{vegetarian,gluten-free}', '{milk,nuts}', 'tandoor', NULL, true,
    'Button mushrooms filled with spinach, cheese and cashew, roasted on the skewer.'),
  (203, 'Malai Broccoli', 28900, '{vegetarian,gluten-free,mild}', '{milk,nuts}', 'tandoor', NULL, true,
    'Broccoli in cream, cheese and cardamom, blistered at the edges. No chilli at all.'),
  (204, 'Tandoori Chicken', 44900, '{gluten-free,bestseller}', '{milk,mustard}', 'tandoor', NULL, true,
    'Whole bird on the bone, scored and steeped twice in Kashmiri chilli, yoghurt and garlic.'),
  (205, 'Chicken Tikka', 34900, '{gluten-free}', '{milk,mustard}', 'tandoor', NULL, true,
    'Boneless thigh with ginger, kasuri methi and smoked paprika, straight from the coals.'),
  (206, 'Murgh Malai Tikka', 35900, '{gluten-free,mild}', '{milk,nuts}', 'tandoor', NULL, true,
    'Chicken breast softened in cream and cashew, with white pepper and a little nutmeg.'),
  (207, 'Lamb Seekh Kebab', 38900, '{gluten-free,spicy}', '{}', 'tandoor', NULL, true,
    'Minced lamb with fresh coriander, green chilli and black cardamom, pressed on to flat skewers.'),
  (208, 'Tandoori Tiger Prawns', 54900, '{gluten-free,chef-special}', '{crustaceans,milk,mustard}', 'tandoor',
    NULL, false,
    'Five large prawns in carom seed, lime and hung yoghurt. On the menu when the boats have landed.'),
  (209, 'Tandoori Platter', 79900, '{chef-special}', '{gluten,milk,mustard,nuts}', 'tandoor', NULL, true,
    'Chicken tikka, malai tikka, seekh kebab and paneer tikka for two or three, with a bread of your choice.'),
  -- Vegetarian Mains
  (301, 'Paneer Butter Masala', 31900, '{vegetarian,bestseller}', '{milk,nuts}', 'kitchen', NULL, true,
    'Paneer in a silky tomato and cashew sauce, finished with butter and fenugreek.'),
  (302, 'Palak Paneer', 30900, '{vegetarian,gluten-free}', '{milk}', 'kitchen', NULL, true,
    'Spinach wilted with garlic and ginger, blended smooth and folded around soft paneer.'),
  (303, 'Kadai Paneer', 31900, '{vegetarian,gluten-free,spicy}', '{milk}', 'kitchen', NULL, true,
    'Paneer and peppers with freshly pounded coriander and red chilli, cooked in an iron kadai.'),
  (304, 'Malai Kofta', 32900, '{vegetarian,mild}', '{gluten,milk,nuts}', 'kitchen', NULL, true,
    'Potato and paneer dumplings with a raisin centre in a pale almond and cream gravy.'),
  (305, 'Dal Makhani', 26900, '{vegetarian,gluten-free,bestseller}', '{milk}', 'kitchen', NULL, true,
    'Black lentils and kidney beans left on the embers overnight, with butter and cream.'),
  (306, 'Dal Tadka', 21900, '{vegetarian,gluten-free}', '{milk,mustard}', 'kitchen', NULL, true,
    'Yellow lentils with turmeric, crackled at the last minute with ghee, cumin and garlic.'),
  (307, 'Chana Masala', 23900, '{vegetarian,vegan,gluten-free}', '{}', 'kitchen', NULL, true,
    'Chickpeas simmered with tea leaves and dried mango until dark and tangy.'),
  (308, 'Aloo Gobi', 22900, '{vegetarian,vegan,gluten-free}', '{mustard}', 'kitchen', NULL, true,
    'Potato and cauliflower dry-cooked with turmeric, ginger and green coriander.'),
  (309, 'Baingan Bharta', 24900, '{vegetarian,vegan,gluten-free}', '{mustard}', 'kitchen', NULL, true,
    'Aubergine smoked whole over the flame, mashed with tomato, onion and green chilli.'),
  (310, 'Bhindi Masala', 23900, '{vegetarian,vegan,gluten-free}', '{}', 'kitchen', NULL, true,
    'Okra seared with onions, coriander and a squeeze of lime, kept firm to the bite.'),
  -- Meat, Fish & Egg Mains
  (401, 'Butter Chicken', 37900, '{gluten-free,mild,bestseller}', '{milk,nuts}', 'kitchen', NULL, true,
    'Pulled tandoori chicken in a velvety tomato, butter and honey sauce.'),
  (402, 'Chicken Tikka Masala', 38900, '{gluten-free}', '{milk,mustard,nuts}', 'kitchen', NULL, true,
    'Charred chicken tikka in a thick onion and tomato masala with a spoon of cream.'),
  (403, 'Chicken Chettinad', 37900, '{gluten-free,spicy}', '{mustard}', 'kitchen', NULL, true,
    'Chicken on the bone with black pepper, star anise, stone flower and roasted coconut.'),
  (404, 'Kadai Chicken', 36900, '{gluten-free,spicy}', '{}', 'kitchen', NULL, true,
    'Boneless chicken with peppers and crushed coriander seed, reduced until it clings.'),
  (405, 'Mutton Rogan Josh', 46900, '{gluten-free,chef-special}', '{milk}', 'kitchen', NULL, true,
    'Shoulder of mutton braised with Kashmiri chilli, fennel and dry ginger, red with ratan jot.'),
  (406, 'Laal Maas', 48900, '{gluten-free,spicy}', '{milk,mustard}', 'kitchen', NULL, true,
    'Rajasthani mutton with Mathania chillies and garlic, smoked with clove. Truly hot.'),
  (407, 'Goan Fish Curry', 42900, '{gluten-free}', '{fish,mustard}', 'kitchen', NULL, true,
    'Kingfish steaks in a sour coconut gravy with kokum and byadgi chilli.'),
  (408, 'Malabar Prawn Curry', 49900, '{gluten-free}', '{crustaceans,mustard}', 'kitchen', NULL, true,
    'Prawns with raw mango, curry leaf and coconut milk, as made on the Kerala coast.'),
  (409, 'Egg Curry', 24900, '{gluten-free}', '{eggs,mustard}', 'kitchen', NULL, true,
    'Boiled eggs, fried golden and simmered in an onion and tomato masala with curry leaves.'),
  -- Biryani & Rice
  (501, 'Vegetable Dum Biryani', 27900, '{vegetarian}', '{gluten,milk,nuts}', 'kitchen', NULL, true,
    'Seasonal vegetables and paneer layered with saffron rice, mint and fried onion.'),
  (502, 'Hyderabadi Chicken Biryani', 34900, '{spicy,bestseller}', '{gluten,milk}', 'kitchen', NULL, true,
    'Raw-marinated chicken and half-cooked rice sealed in one pot and steamed together.'),
  (503, 'Mutton Dum Biryani', 42900, '{spicy,chef-special}', '{gluten,milk}', 'kitchen', NULL, true,
    'Tender mutton on the bone, long basmati, kewra and saffron. Please allow thirty minutes.'),
  (504, 'Egg Biryani', 28900, '{}', '{eggs,gluten,milk}', 'kitchen', NULL, true,
    'Masala-fried eggs and fragrant rice with mint, coriander and crisp onion.'),
  (505, 'Jeera Rice', 15900, '{vegetarian,gluten-free}', '{milk}', 'kitchen', NULL, true,
    'Basmati tossed with cumin bloomed in ghee.'),
  (506, 'Lemon Rice', 16900, '{vegetarian,vegan,gluten-free}', '{mustard,peanuts}', 'kitchen', NULL, true,
    'Turmeric rice with lemon, peanuts, curry leaf and a crackle of mustard seed.'),
  (507, 'Curd Rice', 16900, '{vegetarian,gluten-free,mild}', '{milk,mustard}', 'kitchen', NULL, true,
    'Soft rice in cool yoghurt with ginger, pomegranate and tempered curry leaves.'),
  (508, 'Steamed Basmati', 12900, '{vegetarian,vegan,gluten-free,mild}', '{}', 'kitchen', NULL, true,
    'Plain long-grain rice, two years aged.'),
  -- Breads
  (601, 'Tandoori Roti', 3500, '{vegetarian,vegan}', '{gluten}', 'tandoor', NULL, true,
    'Wholewheat flatbread, nothing but flour, water and salt.'),
  (602, 'Butter Naan', 5500, '{vegetarian,bestseller}', '{gluten,milk}', 'tandoor', NULL, true,
    'Leavened white bread, blistered and brushed with butter.'),
  (603, 'Garlic Naan', 7500, '{vegetarian,bestseller}', '{gluten,milk}', 'tandoor', NULL, true,
    'Naan pressed with chopped garlic and fresh coriander.'),
  (604, 'Laccha Paratha', 6900, '{vegetarian}', '{gluten,milk}', 'tandoor', NULL, true,
    'Wholewheat dough coiled with ghee into many flaky layers.'),
  (605, 'Aloo Kulcha', 9900, '{vegetarian}', '{gluten,milk}', 'tandoor', NULL, true,
    'Crisp Amritsari bread filled with spiced potato and crushed pomegranate seed.'),
  (606, 'Cheese Naan', 11900, '{vegetarian}', '{gluten,milk}', 'tandoor', NULL, true,
    'Naan with a molten filling of mozzarella and cheddar.'),
  (607, 'Missi Roti', 5900, '{vegetarian,vegan}', '{gluten}', 'tandoor', NULL, true,
    'Chickpea and wheat flatbread with onion, carom and green chilli.'),
  (608, 'Bread Basket', 17900, '{vegetarian}', '{gluten,milk}', 'tandoor', NULL, true,
    'Three different breads of your choice, wrapped in a warm cloth.'),
  -- Desserts
  (701, 'Gulab Jamun', 12900, '{vegetarian,bestseller}', '{gluten,milk}', 'dessert', NULL, true,
    'Warm milk dumplings soaked in rose and cardamom syrup.'),
  (702, 'Rasmalai', 14900, '{vegetarian,gluten-free}', '{milk,nuts}', 'dessert', NULL, true,
    'Poached discs of fresh cheese in chilled saffron milk with slivered pistachio.'),
  (703, 'Gajar Halwa', 15900, '{vegetarian,gluten-free}', '{milk,nuts}', 'dessert', NULL, false,
    'Red winter carrots cooked down in milk and ghee. Served from December to February.'),
  (704, 'Pista Kulfi', 13900, '{vegetarian,gluten-free}', '{milk,nuts}', 'dessert', NULL, true,
    'Dense frozen milk with pistachio, cut from the mould.'),
  (705, 'Phirni', 12900, '{vegetarian,gluten-free}', '{milk,nuts}', 'dessert', NULL, true,
    'Ground-rice pudding with saffron and almond, set in an earthen bowl.'),
  (706, 'Jalebi with Rabri', 16900, '{vegetarian,chef-special}', '{gluten,milk,nuts}', 'dessert', NULL, true,
    'Hot syrup-filled spirals over thickened, lightly sweetened milk.'),
  -- Drinks
  (801, 'Lassi', 11900, '{vegetarian,gluten-free}', '{milk}', 'bar', NULL, true,
    'Yoghurt churned by hand, thick enough for a spoon.'),
  (802, 'Mango Lassi', 13900, '{vegetarian,gluten-free,bestseller}', '{milk}', 'bar', NULL, true,
    'Alphonso pulp and yoghurt with a pinch of cardamom.'),
  (803, 'Masala Chaas', 7900, '{vegetarian,gluten-free}', '{milk}', 'bar', NULL, true,
    'Salted buttermilk with roasted cumin, ginger and green coriander.'),
  (804, 'Masala Chai', 5900, '{vegetarian,gluten-free,bestseller}', '{milk}', 'bar', NULL, true,
    'Assam tea boiled with milk, ginger, cardamom and clove.'),
  (805, 'Filter Coffee', 6900, '{vegetarian,gluten-free}', '{milk}', 'bar', NULL, true,
    'South Indian decoction with hot frothed milk, poured in a steel tumbler.'),
  (806, 'Fresh Lime Soda', 8900, '{vegetarian,vegan,gluten-free}', '{}', 'bar', NULL, true,
    'Lime squeezed to order and topped with soda water.'),
  (807, 'Aam Panna', 9900, '{vegetarian,vegan,gluten-free}', '{}', 'bar', NULL, true,
    'Charred green mango with mint, cumin and black salt.'),
  (808, 'Kokum Cooler', 12900, '{vegetarian,vegan,gluten-free}', '{}', 'bar', NULL, true,
    'Tart Konkan kokum with crushed ice, basil seed and a rim of chilli salt.'),
  (809, 'Cola, 300 ml', 6000, '{vegetarian,vegan,gluten-free}', '{}', 'bar', 120000, true,
    'Glass bottle, served with ice and lime.'),
  (810, 'Ginger Ale, 300 ml', 8000, '{vegetarian,vegan,gluten-free}', '{}', 'bar', 120000, true,
    'Dry and peppery, by the can.'),
  (811, 'Still Water, 1 litre', 4000, '{vegetarian,vegan,gluten-free}', '{}', 'bar', 0, true,
    'Plain bottled drinking water.')
) AS i (number, name, price, tags, allergens, station, tax_rate_ppm, is_available, description)
ORDER BY i.number
ON CONFLICT DO NOTHING;

-- Each kind of option with the items that have it. The kind's first digit is
-- the option's position among an item's options.
INSERT INTO menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select, position)
SELECT '018cc251-f400-7100-8000-000000000001',
  ('018cc251-f400-7105-8000-' || to_char(item * 100 + o.kind, 'FM000000000000'))::uuid,
  ('018cc251-f400-7104-8000-' || to_char(item, 'FM000000000000'))::uuid,
  o.name, o.min_select, o.max_select, o.kind / 10
FROM (VALUES
  (11, 'Portion', 1, 1, '{301,302,303,304,305,307}'),
  (12, 'Portion', 1, 1, '{401,402,403,404,405,406}'),
  (13, 'Portion', 1, 1, '{204}'),
  (14, 'Portion', 1, 1, '{501,502,503}'),
  (15, 'Pieces', 1, 1, '{201,205,206}'),
  (16, 'Pieces', 1, 1, '{101,701}'),
  (17, 'Glass', 1, 1, '{801,802,806,807}'),
  (21, 'Spice level', 1, 1, '{105,106,201,205,301,302,303,307,308,309,401,402,404,405,407,408,409,501,504}'),
  (22, 'Spice level', 1, 1, '{107,207,403,406,502,503}'),
  (23, 'Sweet or salted', 1, 1, '{801,806}'),
  (24, 'Sugar', 1, 1, '{804,805}'),
  (25, 'Temperature', 1, 1, '{811}'),
  (31, 'Bread', 1, 1, '{209}'),
  (32, 'Three breads', 3, 3, '{608}'),
  (33, 'Served with', 1, 1, '{501,502,503,504}'),
  (41, 'Extras', 0, 3, '{301,302,303,305,501}'),
  (42, 'Extras', 0, 3, '{401,402,404,405,409}'),
  (43, 'Extras', 0, 3, '{502,503,504}'),
  (44, 'Extras', 0, 2, '{602,603,605}'),
  (45, 'Toppings', 0, 3, '{701,703,706}'),
  (46, 'Dips', 0, 3, '{101,102,108,109,204}'),
  (47, 'Leave out', 0, 3, '{103,104}')
) AS o (kind, name, min_select, max_select, items)
CROSS JOIN unnest(o.items::integer[]) AS item
ORDER BY item, o.kind
ON CONFLICT DO NOTHING;

-- The values of each kind of option, given to every option above by its id,
-- whose last two digits are the kind.
INSERT INTO menu_item_option_values
  (restaurant_id, id, option_id, name, price_modifier, is_default, is_available, position)
SELECT o.restaurant_id,
  ('018cc251-f400-7106-8000-' || right(o.id::text, 10) || to_char(v.position, 'FM00'))::uuid,
  o.id, v.name, v.price_modifier, v.is_default, v.is_available, v.position
FROM (VALUES
  -- Portion of a vegetarian main, of a meat main, of a tandoori chicken, of a biryani
  ('11', 1, 'Half', -9000, false, true),
  ('11', 2, 'Full', 0, true, true),
  ('12', 1, 'Half', -13000, false, true),
  ('12', 2, 'Full', 0, true, true),
  ('13', 1, 'Half bird', -19000, false, true),
  ('13', 2, 'Whole bird', 0, true, true),
  ('14', 1, 'For one', 0, true, true),
  ('14', 2, 'Family pot, for three or four', 59000, false, true),
  -- Pieces of tikka, of a samosa or gulab jamun
  ('15', 1, '6 pieces', 0, true, true),
  ('15', 2, '9 pieces', 14000, false, true),
  ('16', 1, '2 pieces', 0, true, true),
  ('16', 2, '4 pieces', 8000, false, true),
  -- Glass
  ('17', 1, 'Regular', 0, true, true),
  ('17', 2, 'Large', 5000, false, true),
  -- Spice level, of most dishes and of those that are hot as they are
  ('21', 1, 'Mild', 0, false, true),
  ('21', 2, 'Medium', 0, true, true),
  ('21', 3, 'Hot', 0, false, true),
  ('21', 4, 'Extra hot', 0, false, true),
  ('22', 1, 'Toned down', 0, false, true),
  ('22', 2, 'As it should be', 0, true, true),
  ('22', 3, 'With bhut jolokia', 2000, false, false),
  -- Sweet or salted
  ('23', 1, 'Sweet', 0, true, true),
  ('23', 2, 'Salted', 0, false, true),
  ('23', 3, 'Sweet and salted', 0, false, true),
  -- Sugar
  ('24', 1, 'With sugar', 0, true, true),
  ('24', 2, 'Less sugar', 0, false, true),
  ('24', 3, 'No sugar', 0, false, true),
  -- Temperature
  ('25', 1, 'Chilled', 0, true, true),
  ('25', 2, 'Room temperature', 0, false, true),
  -- Bread with the platter, breads in the basket
  ('31', 1, 'Butter naan', 0, true, true),
  ('31', 2, 'Tandoori roti', 0, false, true),
  ('31', 3, 'Garlic naan', 2000, false, true),
  ('31', 4, 'Laccha paratha', 1500, false, true),
  ('31', 5, 'Roomali roti', 1500, false, false),
  ('32', 1, 'Tandoori roti', 0, true, true),
  ('32', 2, 'Butter naan', 0, true, true),
  ('32', 3, 'Missi roti', 0, true, true),
  ('32', 4, 'Garlic naan', 1500, false, true),
  ('32', 5, 'Laccha paratha', 1500, false, true),
  ('32', 6, 'Aloo kulcha', 4000, false, true),
  -- Served with
  ('33', 1, 'Boondi raita', 0, true, true),
  ('33', 2, 'Mirchi ka salan', 0, false, true),
  ('33', 3, 'Raita and salan', 3000, false, true),
  -- Extras with vegetarian dishes, meat mains, biryani, breads
  ('41', 1, 'Extra paneer', 6000, false, true),
  ('41', 2, 'Knob of white butter', 2000, false, true),
  ('41', 3, 'Crisp fried onions', 1500, false, true),
  ('41', 4, 'Onion and green chilli salad', 2000, false, true),
  ('42', 1, 'Extra gravy', 6000, false, true),
  ('42', 2, 'Boiled egg', 2500, false, true),
  ('42', 3, 'Crisp fried onions', 1500, false, true),
  ('42', 4, 'Onion and green chilli salad', 2000, false, true),
  ('43', 1, 'Extra raita', 3000, false, true),
  ('43', 2, 'Boiled egg', 2500, false, true),
  ('43', 3, 'Crisp fried onions', 1500, false, true),
  ('43', 4, 'Roasted papad', 2000, false, true),
  ('44', 1, 'Extra butter', 1500, false, true),
  ('44', 2, 'Nigella seed', 500, false, true),
  ('44', 3, 'Chilli flakes', 0, false, true),
  -- Toppings
  ('45', 1, 'Vanilla ice cream', 5000, false, true),
  ('45', 2, 'Saffron rabri', 4500, false, true),
  ('45', 3, 'Toasted pistachio', 3000, false, true),
  ('45', 4, 'Silver leaf', 2000, false, false),
  -- Dips
  ('46', 1, 'Mint chutney', 0, false, true),
  ('46', 2, 'Tamarind chutney', 0, false, true),
  ('46', 3, 'Red garlic chutney', 2000, false, true),
  ('46', 4, 'Cucumber raita', 3000, false, true),
  -- Leave out
  ('47', 1, 'No onion', 0, false, true),
  ('47', 2, 'No green chilli', 0, false, true),
  ('47', 3, 'No coriander', 0, false, true)
) AS v (kind, position, name, price_modifier, is_default, is_available)
JOIN menu_item_options o ON right(o.id::text, 2) = v.kind
WHERE o.restaurant_id = '018cc251-f400-7100-8000-000000000001'
  AND o.id::text LIKE '018cc251-f400-7105-8000-%'
ORDER BY o.id, v.position
ON CONFLICT DO NOTHING;

-- Caffè Lungarno -------------------------------------------------------------

INSERT INTO menu_categories (restaurant_id, id, name, description, position)
SELECT '018cc251-f400-7200-8000-000000000001',
  ('018cc251-f400-7203-8000-' || to_char(c.number, 'FM000000000000'))::uuid,
  c.name, c.description, c.number
FROM (VALUES
  (1, 'Caffetteria', 'Coffee and fresh juice, served at the table.'),
  (2, 'Pasticceria', 'From our own oven, every day until they are gone.'),
  (3, 'Cucina', 'A short Tuscan lunch, from noon to three.')
) AS c (number, name, description)
ORDER BY c.number
ON CONFLICT DO NOTHING;

INSERT INTO menu_items
  (restaurant_id, id, category_id, name, description, price, tags, allergens, station, is_available, position)
SELECT '018cc251-f400-7200-8000-000000000001',
  ('018cc251-f400-7204-8000-' || to_char(i.number, 'FM000000000000'))::uuid,
  ('018cc251-f400-7203-8000-' || to_char(i.number / 100, 'FM000000000000'))::uuid,
  i.name, i.description, i.price, i.tags::text[], i.allergens::text[], i.station, i.is_available, i.number % 100
FROM (VALUES
  (101, 'Espresso', 150, '{vegetarian,vegan,gluten-free}', '{}', 'bar', true,
    'Short and dense, from a house blend roasted across the river.'),
  (102, 'Cappuccino', 220, '{vegetarian,gluten-free}', '{milk}', 'bar', true,
    'Espresso under a fine, warm foam. We make it after eleven, too, and do not judge.'),
  (103, 'Spremuta d''arancia', 450, '{vegetarian,vegan,gluten-free}', '{}', 'bar', true,
    'Three Sicilian oranges, pressed when you order.'),
  (201, 'Cornetto', 180, '{vegetarian}', '{eggs,gluten,milk}', 'bar', true,
    'Soft brioche crescent with orange zest, plain or filled.'),
  (202, 'Torta della nonna', 550, '{vegetarian}', '{eggs,gluten,milk,nuts}', 'bar', true,
    'Shortcrust and lemon custard under pine nuts and icing sugar.'),
  (301, 'Schiacciata con mortadella', 750, '{}', '{gluten,milk,nuts}', 'kitchen', true,
    'Oiled flatbread, thin mortadella, stracciatella and crushed pistachio.'),
  (302, 'Panzanella', 950, '{vegetarian,vegan}', '{celery,gluten,sulphites}', 'kitchen', true,
    'Soaked country bread with tomato, cucumber, red onion, basil and vinegar.'),
  (303, 'Ribollita', 1050, '{vegetarian,vegan}', '{celery,gluten}', 'kitchen', true,
    'Black cabbage, white beans and bread, cooked yesterday and again today.')
) AS i (number, name, price, tags, allergens, station, is_available, description)
ORDER BY i.number
ON CONFLICT DO NOTHING;

INSERT INTO menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select, position)
SELECT '018cc251-f400-7200-8000-000000000001',
  ('018cc251-f400-7205-8000-' || to_char(item * 100 + o.kind, 'FM000000000000'))::uuid,
  ('018cc251-f400-7204-8000-' || to_char(item, 'FM000000000000'))::uuid,
  o.name, o.min_select, o.max_select, o.kind / 10
FROM (VALUES
  (11, 'Coffee', 1, 1, '{101,102}'),
  (21, 'Milk', 1, 1, '{102}'),
  (31, 'Filling', 1, 1, '{201}'),
  (41, 'Extras', 0, 3, '{301}')
) AS o (kind, name, min_select, max_select, items)
CROSS JOIN unnest(o.items::integer[]) AS item
ORDER BY item, o.kind
ON CONFLICT DO NOTHING;

INSERT INTO menu_item_option_values
  (restaurant_id, id, option_id, name, price_modifier, is_default, is_available, position)
SELECT o.restaurant_id,
  ('018cc251-f400-7206-8000-' || right(o.id::text, 10) || to_char(v.position, 'FM00'))::uuid,
  o.id, v.name, v.price_modifier, v.is_default, v.is_available, v.position
FROM (VALUES
  ('11', 1, 'House blend', 0, true, true),
  ('11', 2, 'Decaffeinated', 20, false, true),
  ('21', 1, 'Whole milk', 0, true, true),
  ('21', 2, 'Lactose-free milk', 20, false, true),
  ('21', 3, 'Oat drink', 40, false, true),
  ('21', 4, 'Soya drink', 40, false, true),
  ('31', 1, 'Plain', 0, true, true),
  ('31', 2, 'Apricot jam', 20, false, true),
  ('31', 3, 'Custard', 30, false, true),
  ('31', 4, 'Pistachio cream', 70, false, false),
  ('41', 1, 'Pecorino', 150, false, true),
  ('41', 2, 'Grilled courgette', 100, false, true),
  ('41', 3, 'Artichoke cream', 120, false, true)
) AS v (kind, position, name, price_modifier, is_default, is_available)
JOIN menu_item_options o ON right(o.id::text, 2) = v.kind
WHERE o.restaurant_id = '018cc251-f400-7200-8000-000000000001'
  AND o.id::text LIKE '018cc251-f400-7205-8000-%'
ORDER BY o.id, v.position
ON CONFLICT DO NOTHING;

-- Whether anything has amounts in the restaurant's currency: an order, a payment such as a deposit, a drawer, a closed day.
SELECT EXISTS (SELECT FROM orders o WHERE o.restaurant_id = $1)
  OR EXISTS (SELECT FROM payments p WHERE p.restaurant_id = $1)
  OR EXISTS (SELECT FROM drawers d WHERE d.restaurant_id = $1)
  OR EXISTS (SELECT FROM restaurants r WHERE r.id = $1 AND r.closed_through IS NOT NULL) AS found

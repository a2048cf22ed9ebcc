SELECT i.id, i.status, i.price, i.customization_amount, i.quantity, i.tax_rate_ppm
FROM order_items i
WHERE i.restaurant_id = $1 AND i.order_id = $2
ORDER BY i.position

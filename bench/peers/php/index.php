<?php

// The two routes in PHP, without a framework.

declare(strict_types=1);

require __DIR__ . '/common.php';
require __DIR__ . '/menu.php';
require __DIR__ . '/order.php';

function route(string $method, string $path): void
{
    if ($method === 'POST' && $path === '/api/orders') {
        place_order();
    } elseif ($method === 'GET' && preg_match('#^/api/r/([^/]+)/menu$#', $path, $found)) {
        show_menu($found[1]);
    } else {
        throw new Problem(404, 'not_found');
    }
}

function fail(int $status, string $code, ?string $detail = null): void
{
    http_response_code($status);
    header('Content-Type: application/problem+json');
    echo to_json(['status' => $status, 'code' => $code, 'detail' => $detail]);
}

try {
    route($_SERVER['REQUEST_METHOD'], strtok($_SERVER['REQUEST_URI'], '?'));
} catch (Problem $problem) {
    fail($problem->status, $problem->problem, $problem->getMessage());
} catch (Throwable $error) {
    error_log((string) $error);
    fail(500, 'error');
}

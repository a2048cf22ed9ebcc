<?php

// What both routes need: problems, tokens, ids, and transactions of a tenant.

declare(strict_types=1);

final class Problem extends Exception
{
    public function __construct(public readonly int $status, public readonly string $problem, string $detail = '')
    {
        parent::__construct($detail !== '' ? $detail : $problem);
    }
}

function to_json(mixed $value): string
{
    return json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
}

// ---- Tokens: HS256, of diners

function decode_part(string $part): string
{
    return (string) base64_decode(strtr($part, '-_', '+/'), true);
}

/** The claims of the Authorization header. */
function verify_token(): array
{
    $parts = preg_match('/^Bearer (.+)$/i', $_SERVER['HTTP_AUTHORIZATION'] ?? '', $found) ? explode('.', $found[1]) : [];
    if (count($parts) !== 3) {
        throw new Problem(401, 'unauthenticated');
    }
    [$head, $claims, $signature] = $parts;
    $wanted = hash_hmac('sha256', "$head.$claims", getenv('JWT_SECRET'), true);
    if (!hash_equals($wanted, decode_part($signature)) || json_decode(decode_part($head))?->alg !== 'HS256') {
        throw new Problem(401, 'unauthenticated');
    }
    $claims = json_decode(decode_part($claims), true, 512, JSON_THROW_ON_ERROR);
    if (($claims['iss'] ?? '') !== 'orderzap' || ($claims['aud'] ?? '') !== 'orderzap-api') {
        throw new Problem(401, 'unauthenticated');
    }
    if (($claims['exp'] ?? 0) <= time()) {
        throw new Problem(401, 'token_expired');
    }
    if (($claims['role'] ?? '') !== 'diner') {
        throw new Problem(403, 'insufficient_role');
    }
    return $claims;
}

// ---- Ids: UUID version 7

function new_id(): string
{
    $bytes = substr(pack('J', (int) (microtime(true) * 1000)), 2) . random_bytes(10);
    $bytes[6] = chr(0x70 | (ord($bytes[6]) & 0x0f));
    $bytes[8] = chr(0x80 | (ord($bytes[8]) & 0x3f));
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
}

// ---- The database, which PGHOST, PGUSER and so on name

function database(): PDO
{
    static $db = null;
    return $db ??= new PDO('pgsql:', options: [
        PDO::ATTR_PERSISTENT => true,
        PDO::PGSQL_ATTR_DISABLE_PREPARES => true, // one round trip a statement: none outlives its request
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
    ]);
}

function query(string $sql, array $values): PDOStatement
{
    $statement = database()->prepare($sql);
    $statement->execute($values);
    return $statement;
}

/** Runs $work in a transaction that sees the restaurant's rows. */
function transaction(string $begin, string $restaurant_id, callable $work): mixed
{
    $db = database();
    $db->exec($begin);
    try {
        query("SELECT set_config('orderzap.restaurant_id', ?, true)", [$restaurant_id]);
        $result = $work();
        $db->commit();
        return $result;
    } catch (Throwable $error) {
        if ($db->inTransaction()) {
            $db->rollBack();
        }
        throw $error;
    }
}

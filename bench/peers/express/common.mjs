// What both routes need: problems, tokens, ids, and transactions of a tenant.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import pg from 'pg';

export class Problem extends Error {
  constructor(status, code, detail = code) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

// ---- Tokens: HS256, of diners

const parse = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());

function isSigned(head, claims, signature) {
  const wanted = createHmac('sha256', process.env.JWT_SECRET).update(`${head}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The claims of an Authorization header. */
export function verifyToken(authorization = '') {
  const [, token] = /^Bearer (.+)$/i.exec(authorization) ?? [];
  const parts = token?.split('.') ?? [];
  if (parts.length !== 3 || !isSigned(...parts) || parse(parts[0]).alg !== 'HS256') throw new Problem(401, 'unauthenticated');
  const claims = parse(parts[1]);
  if (claims.iss !== 'orderzap' || claims.aud !== 'orderzap-api') throw new Problem(401, 'unauthenticated');
  if (!(claims.exp > Date.now() / 1000)) throw new Problem(401, 'token_expired');
  if (claims.role !== 'diner') throw new Problem(403, 'insufficient_role');
  return claims;
}

// ---- Ids: UUID version 7

export function newId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ---- The database, which PGHOST, PGUSER and so on name

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // no amount is above 2^53 - 1
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

export const pool = new pg.Pool({ max: Math.ceil(Number(process.env.POOL) / availableParallelism()) });

/** Runs work(client) in a transaction that sees the restaurant's rows. */
export async function transaction(begin, restaurantId, work) {
  const client = await pool.connect();
  try {
    await client.query(begin);
    await client.query({ name: 'set-tenant', text: "SELECT set_config('orderzap.restaurant_id', $1, true)", values: [restaurantId] });
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

// Keys and tokens as OrderZap makes them with JWT_ALG=ES256, and worse ones.
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** {kid, privateKey, jwks, jwksUrl}: a new key pair, and its key set as data. */
export function newKey(kid = 'test-1') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' }] };
  const jwksUrl = `data:application/json;base64,${Buffer.from(JSON.stringify(jwks)).toString('base64')}`;
  return { kid, privateKey, publicKey, jwks, jwksUrl };
}

/** The claims of a token of OrderZap; more: what differs. */
export function claimsOf(role, restaurantId, more = {}) {
  const now = Math.floor(Date.now() / 1000);
  const id = randomUUID();
  return {
    iss: 'orderzap', aud: 'orderzap-api', sub: id, iat: now, exp: now + 900, jti: randomUUID(),
    userId: id, restaurantId, email: role === 'diner' ? '' : `${role}@example.com`, role, ...more,
  };
}

/** A token signed with the key. header: what differs in it. */
export function tokenOf(key, claims, header = {}) {
  const text = `${part({ alg: 'ES256', typ: 'JWT', kid: key.kid, ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** A token signed with a secret, as by default. */
export function tokenHs256(key, claims, secret) {
  const text = `${part({ alg: 'HS256', typ: 'JWT', kid: key.kid })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A token that nobody signed. */
export const tokenNone = (key, claims) => `${part({ alg: 'none', typ: 'JWT', kid: key.kid })}.${part(claims)}.`;

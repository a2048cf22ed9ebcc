// Bearer tokens, verified as Convex verifies those of convex/auth.config.ts:
// ES256 by a key of the JWKS, issuer, audience, times.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { HttpError } from './errors.mjs';

const ISSUER = 'https://orderzap';
const AUDIENCE = 'orderzap-api';
const LEEWAY_SECONDS = 5;

const refuse = (message, code = 'InvalidAuthHeader') => new HttpError(401, code, message);

function parsePart(part) {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // told below
  }
  throw refuse('Could not parse JWT payload. Check that the token is a valid JWT format.');
}

// The key set of a URL (http, data, file) or of a file's path.
async function readKeySet(jwks) {
  if (jwks === undefined) throw refuse('No auth provider found matching the given token.', 'NoAuthProvider');
  if (!/^(https?|data):/.test(jwks)) return JSON.parse(readFileSync(jwks.startsWith('file:') ? new URL(jwks) : jwks, 'utf8'));
  const response = await fetch(jwks, { headers: { Accept: 'application/json' } });
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200) throw refuse(`Could not fetch JWKS: HTTP ${response.status}`);
  if (!jwks.startsWith('data:') && !/^application\/(jwk-set\+)?json\b/.test(type)) throw refuse(`Invalid Content-Type '${type}' of the JWKS`);
  return await response.json();
}

async function findKey(jwks, header) {
  let set;
  try {
    set = await readKeySet(jwks);
  } catch (error) {
    throw error instanceof HttpError ? error : refuse(`Could not read JWKS: ${error.message}`);
  }
  const key = typeof header.kid === 'string' ? set.keys?.find((k) => k.kid === header.kid) : undefined;
  if (!key || key.kty !== 'EC' || key.crv !== 'P-256') throw refuse("Could not decode token. Does its 'kid' match any key in the JWKS?");
  return createPublicKey({ key, format: 'jwk' });
}

function checkClaims(claims, now) {
  const issuer = /^https?:/.test(claims.iss ?? '') ? claims.iss : `https://${claims.iss}`;
  if (issuer.replace(/\/+$/, '') !== ISSUER || ![].concat(claims.aud).includes(AUDIENCE)) {
    throw refuse('No auth provider found matching the given token.', 'NoAuthProvider');
  }
  if (typeof claims.sub !== 'string' || typeof claims.exp !== 'number') throw refuse('Missing claim in JWT payload');
  if (claims.exp + LEEWAY_SECONDS <= now) throw refuse('Could not validate token: Token expired');
  if (claims.nbf !== undefined && !(claims.nbf - LEEWAY_SECONDS <= now)) throw refuse('Could not validate token: Not yet valid');
}

/** The identity that functions see, and when it ends (seconds); throws a 401. */
export async function verifyToken(jwks, token) {
  const parts = token.trim().split('.');
  if (parts.length !== 3) throw refuse('Could not parse JWT payload.');
  const header = parsePart(parts[0]);
  const claims = parsePart(parts[1]);
  if (header.alg !== 'ES256') throw refuse(`Unsupported algorithm '${header.alg}'`);
  const key = await findKey(jwks, header);
  const signature = Buffer.from(parts[2], 'base64url');
  const good = verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`), { key, dsaEncoding: 'ieee-p1363' }, signature);
  if (!good) throw refuse('Could not decode token. The signature is wrong.');
  checkClaims(claims, Date.now() / 1000);
  const { iss, sub, aud, exp, iat, nbf, jti, ...custom } = claims;
  return { attributes: { ...custom, subject: sub, issuer: iss, tokenIdentifier: `${iss}|${sub}` }, expires: exp };
}

// Who a request comes from: Authorization's deploy key or token, or nobody.
import { timingSafeEqual } from 'node:crypto';
import { HttpError } from './errors.mjs';
import { ADMIN, ANONYMOUS } from './functions.mjs';
import { verifyToken } from './tokens.mjs';

const same = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export function makeCallers({ deployKey, jwks }) {
  const admin = (key) => {
    if (!same(Buffer.from(key), Buffer.from(deployKey))) {
      throw new HttpError(401, 'BadAdminKey', 'The provided admin key was invalid for this instance');
    }
    return ADMIN;
  };
  const user = async (token) => ({ kind: 'user', ...(await verifyToken(jwks, token)) });

  return {
    admin,
    user,
    /** Of an Authorization header. */
    async ofHeader(header) {
      if (header === undefined) return ANONYMOUS;
      const [, scheme, rest] = /^(convex|bearer) (.*)$/i.exec(header) ?? [];
      if (scheme === undefined) throw new HttpError(400, 'InvalidAuthHeader', 'Header must begin with `bearer ` or `convex `');
      return scheme.toLowerCase() === 'convex' ? admin(rest) : await user(rest);
    },
    /** Of a websocket's Authenticate message. */
    async ofMessage({ tokenType, value }) {
      if (tokenType === 'None') return ANONYMOUS;
      return tokenType === 'Admin' ? admin(value) : await user(value);
    },
  };
}

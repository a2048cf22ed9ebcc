// The tokens that the deployment accepts: those that OrderZap signs with ES256
// (JWT_ALG=ES256). Their issuer is "orderzap": Convex requires a scheme here, and
// adds the same one to a token's issuer that has none.
import type { AuthConfig } from 'convex/server';

declare const process: { env: Record<string, string | undefined> };

export default {
  providers: [
    {
      type: 'customJwt',
      issuer: 'https://orderzap',
      applicationID: 'orderzap-api',
      jwks: process.env.ORDERZAP_JWKS_URL!,
      algorithm: 'ES256',
    },
  ],
} satisfies AuthConfig;

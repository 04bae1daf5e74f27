import { resource } from '../resource.ts';
import * as z from '../shapes.ts';

export type OAuthApp = z.output<typeof seed>;

/** A scoped OAuth app: `id` and `secret` are its client credentials, `scopes` those it was registered with (fact 20). */
const seed = z.strictObject({
  id: z.id,
  secret: z.text,
  scopes: z.array(
    z.string().check(z.regex(/^[a-z_]+\.(read|write)$/, 'must be a scope such as extensions.read')),
  ),
});

/** No route shows them; `identity.ts` issues their tokens. */
export const apps = resource({ type: 'app', plural: 'apps', seed });

import { resource } from '../resource.ts';
import { answer } from '../wire/http.ts';

const ABILITIES = ['advanced_permissions', 'custom_incident_actions', 'sso', 'teams', 'urgencies'];

/** The same on every account: texts without ids. */
export const abilities = resource({
  type: 'ability',
  plural: 'abilities',
  routes: [
    {
      method: 'GET',
      path: '/abilities',
      scope: 'abilities.read',
      handle: () => answer(200, { abilities: ABILITIES }),
    },
  ],
});

import { answer } from '../wire/http.ts';
import type { Route } from '../wire/route.ts';

const ABILITIES = ['advanced_permissions', 'custom_incident_actions', 'sso', 'teams', 'urgencies'];

export const abilityRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/abilities',
    scope: 'abilities.read',
    handle: () => answer(200, { abilities: ABILITIES }),
  },
];

/** Written by `npm run generate` from the files of `resources/`. */
import { abilities } from './resources/abilities.ts';
import { apps } from './resources/apps.ts';
import { schemas } from './resources/extension-schemas.ts';
import { extensionResource } from './resources/extensions/extensions.ts';
import { alerts } from './resources/incidents/alerts.ts';
import { incidentResource } from './resources/incidents/incidents.ts';
import { logEntries } from './resources/incidents/log-entries.ts';
import { notes } from './resources/incidents/notes.ts';
import { presses } from './resources/incidents/press.ts';
import { priorities } from './resources/priorities.ts';
import { services } from './resources/services.ts';
import { teams } from './resources/teams.ts';
import { users } from './resources/users.ts';

export const RESOURCES = [
  abilities,
  apps,
  schemas,
  extensionResource,
  alerts,
  incidentResource,
  logEntries,
  notes,
  presses,
  priorities,
  services,
  teams,
  users,
] as const;

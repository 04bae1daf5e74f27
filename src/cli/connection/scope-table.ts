/** Written by `npm run generate` from the `spec` of each command. */

interface Requested {
  /** The scopes to request. */
  readonly asked: readonly string[];
  /** Those that must be granted. */
  readonly required: readonly string[];
}

/** By command; a command that sends no request to PagerDuty has no entry. */
export const SCOPES: Readonly<Record<string, Requested>> = {
  list: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  show: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  slots: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  open: {
    asked: ['services.read', 'teams.read'],
    required: ['services.read'],
  },
  create: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write'],
  },
  update: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write'],
  },
  delete: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write'],
  },
  enable: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write'],
  },
  init: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  export: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  plan: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  sync: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read', 'extensions.write'],
  },
  import: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  watch: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read', 'extensions.write'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  add: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  remove: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  run: {
    asked: [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'incidents.read',
      'incidents.write',
      'teams.read',
    ],
    required: [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'incidents.read',
      'incidents.write',
    ],
  },
  test: {
    asked: ['extension_schemas.read', 'extensions.read', 'services.read', 'teams.read'],
    required: ['extension_schemas.read', 'extensions.read', 'services.read'],
  },
  listen: {
    asked: ['incidents.read', 'incidents.write', 'users.read'],
    required: ['incidents.read', 'incidents.write'],
  },
  prove: {
    asked: [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'incidents.read',
      'incidents.write',
      'teams.read',
    ],
    required: [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'incidents.read',
      'incidents.write',
    ],
  },
  doctor: {
    asked: [
      'extension_schemas.read',
      'extensions.read',
      'services.read',
      'teams.read',
      'extensions.write',
      'incidents.read',
      'incidents.write',
      'users.read',
    ],
    required: [],
  },
};

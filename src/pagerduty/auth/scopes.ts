/** The OAuth scopes of the requests for actions (fact 19). */

/** To read the actions of services. */
export const READ_ACTIONS = ['extension_schemas.read', 'extensions.read', 'services.read'] as const;

/** To change actions. */
export const WRITE_ACTIONS = 'extensions.write';

/** To find the services of a team. */
export const READ_TEAMS = 'teams.read';

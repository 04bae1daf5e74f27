/** The four uses in PagerDuty's own documentation, as templates for a new action. */
export interface ActionTemplate {
  readonly key: string;
  readonly label: string;
  readonly description: string;
}

export const TEMPLATES: readonly ActionTemplate[] = [
  {
    key: 'restart-server',
    label: 'Restart Server',
    description: 'a script finds the server in the incident and restarts it',
  },
  {
    key: 'add-diagnostics',
    label: 'Add Diagnostics',
    description: 'fetches data and adds it to the incident as a note',
  },
  {
    key: 'revert-last-commit',
    label: 'Revert Last Commit',
    description: 'rolls back a bad deploy',
  },
  {
    key: 'update-status-page',
    label: 'Update Status Page',
    description: 'tells customers with one press',
  },
];

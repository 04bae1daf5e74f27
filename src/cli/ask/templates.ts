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
    description: 'restarts the server named in the incident',
  },
  {
    key: 'add-diagnostics',
    label: 'Add Diagnostics',
    description: 'collects data and adds it to the incident as a note',
  },
  {
    key: 'revert-last-commit',
    label: 'Revert Last Commit',
    description: 'rolls back a bad deploy',
  },
  {
    key: 'update-status-page',
    label: 'Update Status Page',
    description: 'updates customers with one press',
  },
];

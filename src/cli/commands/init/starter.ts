import { SCHEMA_REFERENCE } from '../../files/schema-beside.ts';

/** A first config: valid as it is, and explained line by line. */
export const STARTER_YAML = `# yaml-language-server: $schema=${SCHEMA_REFERENCE}

# The subdomain of your PagerDuty account: a token of another account stops every run.
# account: acme

# The buttons. The key is for this file, the label is what responders see.
actions:
  restart-server:
    label: Restart Server
    description: Restarts the host named in the incident
    url: https://automation.example.com/pagerduty/restart-server
    # Sent along with every press. \${NAME} comes from the environment; PagerDuty never shows the value again.
    # headers:
    #   Authorization: Bearer \${AUTOMATION_TOKEN}

  add-diagnostics:
    label: Add Diagnostics
    url: https://automation.example.com/pagerduty/diagnostics

# Which services carry which buttons: at most three each.
services:
  # by exact name
  Checkout API: [restart-server, add-diagnostics]
  # by id:            id:PIJ90N7: [add-diagnostics]
  # by pattern:       web-*: [add-diagnostics]
  # by team:          team:Payments: [restart-server]

# true deletes the buttons on these services that are not in this file.
prune: false
`;

/** The same without comments, as JSON. */
export const STARTER_DOCUMENT = {
  $schema: SCHEMA_REFERENCE,
  actions: {
    'restart-server': {
      label: 'Restart Server',
      description: 'Restarts the host named in the incident',
      url: 'https://automation.example.com/pagerduty/restart-server',
    },
    'add-diagnostics': {
      label: 'Add Diagnostics',
      url: 'https://automation.example.com/pagerduty/diagnostics',
    },
  },
  services: { 'Checkout API': ['restart-server', 'add-diagnostics'] },
  prune: false,
};

import type { State } from '../account/state.ts';
import { API, type Reference, web } from '../wire/shown.ts';

/** The one escalation policy of the account. */
export function escalationPolicyReference(state: State): Reference {
  return {
    id: 'PESCPOL',
    type: 'escalation_policy_reference',
    summary: 'Default',
    self: `${API}/escalation_policies/PESCPOL`,
    html_url: web(state, 'escalation_policies/PESCPOL'),
  };
}

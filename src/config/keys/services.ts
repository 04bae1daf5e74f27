/** The value of a selector in `services`: a list of action keys, or an object with its own `prune`. */
import { either, list, object, table } from './collections.ts';
import { flag, sizedText, text } from './values.ts';

const actionKeys = list({
  of: text(),
  most: {
    count: 3,
    message: 'more than three actions for one service',
    fix: 'A service has three slots; list at most three actions.',
  },
  unique: { message: 'an action is listed twice', fix: 'List each action once.' },
  doc: 'Up to three keys of `actions`, because a service has three slots.',
});

export const SELECTION_KEYS = {
  required: { actions: actionKeys },
  optional: {
    prune: flag({
      doc: 'Delete unmanaged actions of these services. Default: the `prune` of the file.',
    }),
  },
};

const EXAMPLE_FIX = 'For example: ["restart-server"].';

export const services = table({
  keys: sizedText({
    rule: { least: 1, message: 'a service selector must not be empty', fix: 'Write the name of a service.' },
  }),
  values: either({
    of: [actionKeys, object({ ...SELECTION_KEYS, fix: EXAMPLE_FIX })],
    kind: 'a list of action keys, or an object with "actions" and "prune"',
    fix: EXAMPLE_FIX,
  }),
  example: '{ "Checkout API": ["restart-server"] }',
  doc: 'The actions of each service. A key selects services: an exact name, "id:PIJ90N7", a pattern such as "web-*", or "team:Payments". Required, except in a file that others extend.',
});

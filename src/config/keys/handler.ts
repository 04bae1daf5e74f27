/** The keys of `handler`: the command that `pdactions listen` runs for a press. */
import { CONTEXT_PARTS } from '../../core/handler.ts';
import { list, object } from './collections.ts';
import { choice, text, wholeNumber } from './values.ts';

const COMMAND = {
  message: 'this is not a valid command',
  fix: 'Write the program and its arguments, for example ["./restart.sh", "--now"].',
};

const VARIABLES = {
  message: 'this is not a valid list of variables',
  fix: 'Write up to 50 names of environment variables.',
};

const PRESSERS = {
  message: 'this is not a valid list of users and teams',
  fix: 'Write user ids, or teams by name or id, for example ["PUSER1", "team:SRE"].',
};

export const HANDLER_KEYS = {
  required: {
    command: list({
      of: text({ rule: { is: /^[^\0]{0,4096}$/, ...COMMAND } }),
      least: { count: 1, ...COMMAND },
      most: { count: 100, ...COMMAND },
      doc: 'The program and its arguments, one string each. They run without a shell and without expansion, in the folder of this file.',
    }),
  },
  optional: {
    timeout: wholeNumber({
      rule: {
        least: 1,
        most: 86_400,
        message: 'this is not a valid time limit',
        fix: 'Write a whole number of seconds, from 1 to 86400.',
      },
      doc: 'Time limit in seconds, up to 86,400. After that, pdactions ends the program and its children. Default: 60.',
    }),
    concurrency: wholeNumber({
      rule: {
        least: 1,
        most: 50,
        message: 'this is not a valid number of runs at a time',
        fix: 'Write a whole number from 1 to 50.',
      },
      doc: 'How many incidents it can run for at a time, up to 50 and within `--running` of `listen`. Presses on one incident always run in order. Default: 4.',
    }),
    env: list({
      of: text({ rule: { is: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/, ...VARIABLES } }),
      most: { count: 50, ...VARIABLES },
      doc: 'Up to 50 names of environment variables for the program, in addition to PATH, HOME, LANG, TZ and the PD_* variables with the press. `--allow-env` applies to them; credentials must be on its list. Default: none.',
    }),
    note: choice({
      rule: {
        of: ['always', 'on-failure', 'never'],
        message: 'unknown value',
        fix: 'Write "always", "on-failure" or "never".',
      },
      doc: 'When to write the outcome on the incident as a note: "always", "on-failure" or "never". Default: always.',
    }),
    allow: list({
      of: text({ rule: { is: /^([A-Z0-9]{1,64}|team:.{1,200})$/, ...PRESSERS } }),
      least: { count: 1, ...PRESSERS },
      most: { count: 100, ...PRESSERS },
      doc: 'Who can press: ids of users, and "team:NAME" or "team:ID". Presses of others are refused with a note. Default: everyone who sees the button.',
    }),
    context: list({
      of: choice({
        rule: {
          of: [...CONTEXT_PARTS],
          message: 'unknown context',
          fix: 'Write "alerts", "trigger" or both.',
        },
      }),
      doc: 'What to read from PagerDuty for the program: "alerts" (the alerts of the incident), "trigger" (the details of its trigger), or both. A press contains neither. The program gets them on standard input as `context`. Default: nothing.',
    }),
  },
};

export const handler = object({
  ...HANDLER_KEYS,
  fix: 'For example: { "command": ["./restart.sh"] }.',
  doc: 'What `pdactions listen` runs when the button is pressed. Not sent to PagerDuty. Default: nothing.',
});

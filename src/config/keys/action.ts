/** The keys of one action. */
import { checkHeaderName } from '../check/header.ts';
import { either, flag, type KeyRefusal, keyText, list, object, sizedText, table, text } from './entry.ts';
import { handler } from './handler.ts';

const LABEL = {
  is: /^[\s\S]{1,255}$/u,
  message: 'a label must have 1 to 255 characters',
  fix: 'Write a few words, for example "Restart Server".',
};

/** RFC 9110 calls it a token (T04). */
const headerName = keyText({
  is: /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/,
  refuse: (name): KeyRefusal => {
    const check = checkHeaderName(name);
    return check.ok ? { message: 'this is not a valid header name', fix: 'Choose another one.' } : check;
  },
});

const renamedFrom = either({
  of: [
    text({ rule: LABEL }),
    list({
      of: text({ rule: LABEL }),
      most: { count: 10, message: 'more than ten former labels', fix: 'Keep the most recent ones.' },
    }),
  ],
  kind: 'a text, or a list of texts',
  fix: 'Write for example "Restart Server".',
  doc: 'A label, or up to ten, that this action used to have: it is renamed instead of created anew.',
});

export const ACTION_KEYS = {
  required: {
    label: text({
      rule: LABEL,
      doc: "The text of the button, 1 to 255 characters; PagerDuty calls it the action's name. ${service.name} and ${service.id} stand for the service that carries it.",
    }),
    url: sizedText({
      rule: { least: 1, message: 'the URL is empty', fix: 'Write the whole address, with https://.' },
      doc: 'Where PagerDuty sends the incident when the button is pressed. May contain ${NAME} or ${NAME:-default}, and beyond the host ${service.name} or ${service.id}.',
    }),
  },
  optional: {
    description: text({
      doc: 'For people who read this file, the Markdown page of a plan, or `pdactions slots`. It is not sent to PagerDuty.',
    }),
    headers: table({
      keys: headerName,
      values: text(),
      example: '{ "Authorization": "Bearer ${NAME}" }',
      doc: 'HTTP headers that PagerDuty sends with each delivery, by name. Values may contain ${NAME} or ${NAME:-default}. {} means none. Default: whatever PagerDuty has.',
    }),
    renamedFrom,
    handler,
    fingerprint: flag({
      doc: 'Send a header along whose name shows when a header value has changed. Needs PDACTIONS_FINGERPRINT_KEY. Default: the `fingerprint` of the file.',
    }),
    allowInsecureUrl: flag({
      doc: 'Accept an http:// URL. Never possible together with secrets. Default: false.',
    }),
    allowIdn: flag({
      doc: 'Accept a host name that mixes letters of several scripts. Default: false.',
    }),
    allowUnicodeControls: flag({
      doc: 'Accept invisible and bidirectional characters in the label. Default: false.',
    }),
  },
};

export const action = object({
  ...ACTION_KEYS,
  fix: 'Write for example { "label": "Restart Server", "url": "https://..." }.',
});

/** The keys of one action. */
import { checkHeaderName } from '../check/header.ts';
import { either, list, object, table } from './collections.ts';
import type { KeyRefusal } from './entry.ts';
import { handler } from './handler.ts';
import { flag, keyText, sizedText, text } from './values.ts';

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
    return check.ok ? { message: 'this is not a valid header name', fix: 'Choose another name.' } : check;
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
  kind: 'a string, or a list of strings',
  fix: 'For example: "Restart Server".',
  doc: 'A former label of this action, or up to ten. pdactions renames the action that has it, instead of creating a new one.',
});

export const ACTION_KEYS = {
  required: {
    label: text({
      rule: LABEL,
      doc: "The text on the button, 1 to 255 characters. PagerDuty calls it the action's name. ${service.name} and ${service.id} stand for the service that carries the action.",
    }),
    url: sizedText({
      rule: { least: 1, message: 'the URL is empty', fix: 'Write the full URL, with https://.' },
      doc: 'The endpoint that PagerDuty posts to when the button is pressed. Can contain ${NAME} or ${NAME:-default}, and after the host ${service.name} or ${service.id}.',
    }),
  },
  optional: {
    description: text({
      doc: 'A note for readers of this file, of `pdactions slots`, and of the Markdown page of a plan. Not sent to PagerDuty.',
    }),
    headers: table({
      keys: headerName,
      values: text(),
      example: '{ "Authorization": "Bearer ${NAME}" }',
      doc: 'HTTP headers that PagerDuty sends with each delivery, by name. Values can contain ${NAME} or ${NAME:-default}. {} removes all headers. Default: headers stay unchanged.',
    }),
    renamedFrom,
    handler,
    fingerprint: flag({
      doc: 'Add a header that reveals in its name when a header value has changed. Needs PDACTIONS_FINGERPRINT_KEY. Default: the `fingerprint` of the file.',
    }),
    allowInsecureUrl: flag({
      doc: 'Accept an http:// URL, unless the action sends secrets. Default: false.',
    }),
    allowIdn: flag({
      doc: 'Accept a host name with letters from several scripts. Default: false.',
    }),
    allowUnicodeControls: flag({
      doc: 'Accept invisible and bidirectional characters in the label. Default: false.',
    }),
  },
};

export const action = object({
  ...ACTION_KEYS,
  fix: 'For example: { "label": "Restart Server", "url": "https://..." }.',
});

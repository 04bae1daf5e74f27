import {
  createPrompt,
  isBackspaceKey,
  isEnterKey,
  isTabKey,
  makeTheme,
  type Status,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core';
import type { PromptTheme } from './theme.ts';

/** What the prompt needs; everything in it is ready to be drawn. */
export interface LiveInputConfig {
  readonly message: string;
  /** Taken when nothing is typed. */
  readonly default: string;
  /** What is wrong with a value, ready to be drawn; `undefined` when nothing is. */
  readonly problemOf: (value: string) => string | undefined;
  /** How the value looks while it is typed, and once it is settled. */
  readonly show: (value: string, settled: boolean) => string;
  readonly theme: PromptTheme;
}

/** What can be done with a suggestion. */
const KEYS: [key: string, action: string][] = [
  ['⏎', 'take it'],
  ['tab', 'edit it'],
];

/**
 * A line of input that is judged while it is typed: from the first key on, what is wrong stands below it, and Enter takes nothing
 * that is wrong. Inquirer's own input prompt judges on Enter only.
 */
export const liveInput = createPrompt<string, LiveInputConfig>((config, done) => {
  const theme = makeTheme(config.theme);
  const [status, setStatus] = useState<Status>('idle');
  const [value, setValue] = useState('');
  const [suggestion, setSuggestion] = useState(config.default);
  const [touched, setTouched] = useState(false);
  const prefix = usePrefix({ status, theme });
  const answer = value || suggestion;

  useKeypress((key, readline) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      if (config.problemOf(answer) === undefined) {
        setValue(answer);
        setStatus('done');
        done(answer);
      } else {
        // Enter has emptied the line; what was typed is there to be mended.
        readline.write(value);
        setTouched(true);
      }
    } else if (isTabKey(key)) {
      readline.clearLine(0);
      readline.write(answer);
      setValue(answer);
    } else if (isBackspaceKey(key) && value === '') {
      setSuggestion('');
    } else {
      setValue(readline.line);
      setTouched(true);
    }
  });

  const message = theme.style.message(config.message, status);
  if (status === 'done') return `${prefix} ${message} ${theme.style.answer(config.show(value, true))}`;
  const hint =
    suggestion !== '' && value === '' ? `${theme.style.defaultAnswer(config.show(suggestion, false))} ` : '';
  const problem = touched ? config.problemOf(answer) : undefined;
  const keys = hint === '' ? '' : theme.style.keysHelpTip(KEYS);
  return [
    `${prefix} ${message} ${hint}${config.show(value, false)}`,
    problem === undefined ? keys : theme.style.error(problem),
  ];
});

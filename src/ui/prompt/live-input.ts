import {
  createPrompt,
  isBackspaceKey,
  isEnterKey,
  isTabKey,
  makeTheme,
  type Status,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from './core.ts';
import type { PromptTheme } from './theme.ts';

/** The settings of the prompt; every text is ready for display. */
export interface LiveInputConfig {
  readonly message: string;
  /** Used if nothing is typed. */
  readonly default: string;
  /** On the line from the start. */
  readonly typed: string;
  /** A correction for an invalid value. */
  readonly repair: (value: string) => string | undefined;
  /** Called with the line after each key. */
  readonly onType: (value: string) => void;
  /** The problem of a value, ready for display; `undefined` for a good one. */
  readonly problemOf: (value: string) => string | undefined;
  /** Renders the value during typing, and once it is submitted. */
  readonly show: (value: string, settled: boolean) => string;
  readonly theme: PromptTheme;
}

/** The keys for a suggestion. */
const KEYS: [key: string, action: string][] = [
  ['⏎', 'accept'],
  ['tab', 'edit'],
];

/**
 * A line of input with live validation: from the first key on, a problem appears below it, and Enter submits only
 * valid text. Inquirer's own input prompt validates on Enter only.
 */
export const liveInput = createPrompt<string, LiveInputConfig>((config, done) => {
  const theme = makeTheme(config.theme);
  const [status, setStatus] = useState<Status>('idle');
  const [value, setValue] = useState(config.typed);
  const [suggestion, setSuggestion] = useState(config.default);
  const [touched, setTouched] = useState(config.typed !== '');
  const prefix = usePrefix({ status, theme });
  // Blanks around it come from copying.
  const answer = value.trim() || suggestion;
  const repaired = config.problemOf(answer) === undefined ? undefined : config.repair(answer);

  useEffect((readline) => {
    readline.write(config.typed);
  }, []);

  useKeypress((key, readline) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      if (config.problemOf(answer) === undefined) {
        setValue(answer);
        setStatus('done');
        done(answer);
      } else {
        // Enter has emptied the line, so the typed text is put back to be fixed.
        setValue(replaceLine(readline, repaired ?? value));
        setTouched(true);
      }
    } else if (isTabKey(key)) {
      setValue(replaceLine(readline, repaired ?? answer));
    } else if (isBackspaceKey(key) && value === '') {
      setSuggestion('');
    } else {
      setValue(readline.line);
      setTouched(true);
      config.onType(readline.line);
    }
  });

  const head = `${prefix} ${theme.style.message(config.message, status)}`;
  if (status === 'done') return `${head} ${theme.style.answer(config.show(value, true))}`;
  const hint =
    suggestion !== '' && value === '' ? `${theme.style.defaultAnswer(config.show(suggestion, false))} ` : '';
  const problem = touched ? config.problemOf(answer) : undefined;
  const offer = repaired === undefined ? undefined : config.show(repaired, false);
  return [
    `${head} ${hint}${config.show(value, false)}`,
    belowLine(theme, { problem, offer, hasHint: hint !== '' }),
  ];
});

function replaceLine(readline: { clearLine(dir: 0): void; write(text: string): void }, text: string): string {
  readline.clearLine(0);
  readline.write(text);
  return text;
}

/** The problem with the repair on offer, or the keys for a suggestion. */
function belowLine(
  { style }: ReturnType<typeof makeTheme<PromptTheme>>,
  {
    problem,
    offer,
    hasHint,
  }: { readonly problem: string | undefined; readonly offer: string | undefined; readonly hasHint: boolean },
): string {
  if (problem === undefined) return hasHint ? style.keysHelpTip(KEYS) : '';
  return style.error(problem) + (offer === undefined ? '' : `\n${style.keysHelpTip([['tab', offer]])}`);
}

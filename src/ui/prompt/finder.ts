import type { Line } from '../text/text.ts';
import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isTabKey,
  isUpKey,
  makeTheme,
  type Status,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from './core.ts';
import { type Choice, type FindList, type FoundChoices, findIn } from './find-list.ts';
import type { PromptTheme } from './theme.ts';

export interface FinderConfig {
  readonly message: string;
  readonly list: FindList<unknown>;
  /** True if several can be chosen. */
  readonly multiple: boolean;
  /** Rows for choices. */
  readonly pageSize: number;
  /** A choice as one row of the terminal, without a mark. */
  readonly row: (choice: Choice<unknown>) => string;
  /** Text from outside, ready for display. */
  readonly text: (text: string | Line) => string;
  /** This program's own text, ready for display. */
  readonly display: (text: string) => string;
  readonly theme: PromptTheme;
}

/** Names up to this number of disabled choices; beyond it, only counts them. */
const MOST_NAMED = 3;

/** The displayed state at one moment. */
interface View {
  readonly config: FinderConfig;
  readonly theme: Theme;
  readonly matches: FoundChoices<unknown>;
  /** The place of the cursor among the choices found. */
  readonly active: number;
  readonly marked: readonly Choice<unknown>[];
}

type Theme = ReturnType<typeof makeTheme<PromptTheme>>;

/** A list that typing filters, one line per choice. Returns the chosen values, in the order they were marked. */
export const finder = createPrompt<readonly unknown[], FinderConfig>((config, done) => {
  const theme = makeTheme(config.theme);
  const [status, setStatus] = useState<Status>('idle');
  const [term, setTerm] = useState('');
  const [at, setAt] = useState<unknown>(undefined);
  const [marked, setMarked] = useState<readonly Choice<unknown>[]>([]);
  const pending = config.list.pending();
  const prefix = usePrefix({
    status: status === 'idle' && pending !== undefined ? 'loading' : status,
    theme,
  });
  useChanges(config.list);

  const matches = findIn(config.list.choices(), term);
  const active = placeOf(at, matches);
  const view: View = { config, theme, matches, active, marked };

  useKeypress((key, readline) => {
    if (status !== 'idle') return;
    const step = stepOf(key, config.pageSize);
    if (isEnterKey(key)) {
      readline.write(term);
      const chosen = chosenIn(view);
      if (chosen.length === 0) return;
      // Keeps the marked ones for the answer line.
      setMarked(chosen);
      setStatus('done');
      done(chosen.map(({ value }) => value));
    } else if (step !== 0 || isTabKey(key)) {
      // Removes the character that the key has typed.
      readline.clearLine(0);
      readline.write(term);
      const current = matches.choices[active];
      if (step !== 0) setAt(choiceAt(matches, active + step)?.value);
      else if (config.multiple && current) setMarked(toggled(marked, current));
    } else {
      setTerm(readline.line);
      setAt(undefined);
    }
  });

  const head = `${prefix} ${theme.style.message(config.message, status)}`;
  if (status === 'done') return `${head} ${theme.style.answer(answerOf(view))}`;
  return [`${head} ${theme.style.searchTerm(config.text(term))}`, belowTerm(view, pending)];
});

/** Redraws whenever the list grows. */
function useChanges(list: FindList<unknown>): void {
  const [, setVersion] = useState(0);
  useEffect(() => {
    let version = 0;
    return list.onChange(
      () => {
        version += 1;
        setVersion(version);
      },
      () => undefined,
    );
  }, []);
}

/** The place of the choice with this value; the first where it is not among those found. */
function placeOf(at: unknown, { choices }: FoundChoices<unknown>): number {
  const place = choices.findIndex(({ value }) => value === at);
  return Math.max(0, place);
}

function choiceAt({ choices }: FoundChoices<unknown>, place: number): Choice<unknown> | undefined {
  return choices[Math.min(Math.max(0, place), choices.length - 1)];
}

/** The marked choices; without any, the one under the cursor. */
function chosenIn({ marked, matches, active }: View): readonly Choice<unknown>[] {
  return marked.length > 0 ? marked : matches.choices.slice(active, active + 1);
}

function answerOf(view: View): string {
  return chosenIn(view)
    .map((choice) => shortOf(choice, view.config))
    .join(', ');
}

function belowTerm(view: View, pending: string | undefined): string {
  const { config, theme, matches, active } = view;
  const description = matches.choices[active]?.description;
  const help = theme.style.keysHelpTip([
    ['↑↓', 'navigate'],
    ...(config.multiple ? ([['tab', 'mark']] as const) : []),
    ['⏎', config.multiple ? 'choose' : 'select'],
  ]);
  return [
    ...rowsOf(view),
    ...(description === undefined ? [] : [theme.style.description(config.text(description))]),
    ...[counts(view, pending)].filter(Boolean).map(theme.style.help),
    help,
  ].join('\n');
}

function stepOf(key: Parameters<typeof isUpKey>[0], page: number): number {
  if (isUpKey(key)) return -1;
  if (isDownKey(key)) return 1;
  if (key.name === 'pageup') return -page;
  return key.name === 'pagedown' ? page : 0;
}

function toggled(marked: readonly Choice<unknown>[], choice: Choice<unknown>): readonly Choice<unknown>[] {
  const rest = marked.filter(({ value }) => value !== choice.value);
  return rest.length < marked.length ? rest : [...marked, choice];
}

/** One page of choices around the cursor, and the disabled ones below it. */
function rowsOf({ config, theme, matches, active, marked }: View): string[] {
  const { choices, folded } = matches;
  const { pageSize, row, multiple } = config;
  const first = Math.max(0, Math.min(active - Math.floor(pageSize / 2), choices.length - pageSize));
  const isMarked = (choice: Choice<unknown>): boolean => marked.some(({ value }) => value === choice.value);
  const shown = choices.slice(first, first + pageSize).map((choice, index) => {
    const cursor = first + index === active ? theme.icon.cursor : ' ';
    const mark = multiple ? `${isMarked(choice) ? theme.icon.checked : theme.icon.unchecked} ` : '';
    const text = `${cursor} ${mark}${row(choice)}`;
    return first + index === active ? theme.style.highlight(text) : text;
  });
  const rest = folded.flatMap(({ reason, choices: idle }) => {
    if (idle.length <= MOST_NAMED)
      return idle.map((choice) => theme.style.disabled(`${row(choice)} (${config.text(reason)})`));
    return [theme.style.disabled(`${idle.length} not available: ${config.text(reason)}`)];
  });
  return shown.length + rest.length > 0 ? [...shown, ...rest] : [theme.style.disabled('no matches')];
}

function counts({ config, matches, active, marked }: View, pending: string | undefined): string {
  const { pageSize, display } = config;
  const { choices } = matches;
  const parts = [
    ...(choices.length > pageSize ? [`${active + 1} of ${choices.length}`] : []),
    ...(marked.length > 0 ? [`${marked.length} marked`] : []),
    ...(pending === undefined ? [] : [pending]),
  ];
  return display(parts.join(' · '));
}

function shortOf(choice: Choice<unknown>, { row, text }: FinderConfig): string {
  return choice.short === undefined ? row(choice) : text(choice.short);
}

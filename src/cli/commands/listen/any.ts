import { UsageError } from '../../../errors.ts';
import type { Arrival } from '../../../receiver/any.ts';
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { toJson } from '../../../ui/text/json.ts';
import { maskUrl } from '../../../ui/text/mask-url.ts';
import { signed } from '../../../ui/text/signs.ts';
import { line, styled } from '../../../ui/text/text.ts';
import type { CanShow, Context } from '../../context.ts';
import { untilSignalled } from '../../until-signalled.ts';

/** The options that `--any` allows: all except those about routes. */
const ALLOWED = new Set(['any', 'port', 'host', 'notes']);

/** Prints every press that arrives, without a config, to show what a button sends. @throws UsageError */
export async function runAny(
  context: CanShow & Pick<Context, 'interrupted'>,
  options: Readonly<Record<string, unknown>>,
  port: number,
): Promise<void> {
  const { io, interrupted } = context;
  const other = Object.keys(options).find((name) => !ALLOWED.has(name));
  if (other !== undefined || (options.host !== undefined && options.host !== '127.0.0.1')) {
    throw new UsageError('`--any` accepts presses from this machine only and runs nothing', {
      hint: 'It can only be combined with `--port`.',
    });
  }
  const { startAny } = await import('../../../receiver/any.ts');
  const receiver = await startAny(port, (arrival) => show(context, arrival));
  io.say(
    line(styled('ok', 'Listening on '), styled('strong', receiver.url), ' for any press; runs nothing.'),
  );
  io.say(
    line(
      styled(
        'muted',
        `Presses of an action with the URL ${receiver.url}/anything show up here. Press Ctrl-C to stop.`,
      ),
    ),
  );
  await untilSignalled(interrupted);
  await receiver.close();
}

function show({ io, format }: CanShow, { path, headerNames, presses, why }: Arrival): void {
  const shown = maskUrl(`http://127.0.0.1${path}`).replace(/^http:\/\/127\.0\.0\.1/, '');
  if (format === 'json') {
    const facts = presses.map(({ id, button, incident, service, user }) => ({
      id,
      button,
      incident,
      service,
      user,
    }));
    const document = {
      version: DOCUMENT_VERSION,
      command: 'listen',
      path: shown,
      headerNames,
      presses: facts,
      why,
    };
    io.data(toJson(document).replace(/\n */g, ' '));
    return;
  }
  if (why !== null) io.out(line(styled('warn', 'ignored  '), `POST ${shown}`, signed(undefined, ' – '), why));
  for (const { button, incident, service, user } of presses) {
    const by = user.name === '' ? '' : ` by ${user.name}`;
    const number = incident.number === '' ? '' : `#${incident.number} `;
    io.out(
      line(styled('ok', 'pressed  '), `${button.label} on ${number}${incident.title}, ${service.name}${by}`),
    );
    io.out(
      line(
        styled('muted', `         POST ${shown}`),
        signed('muted', ' → '),
        styled('muted', `202, headers: ${headerNames.join(', ')}`),
      ),
    );
  }
}

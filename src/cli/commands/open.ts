import { Argument } from 'commander';
import { RefusedError, UsageError } from '../../errors.ts';
import { REGIONS } from '../../lib/way/app-tokens.ts';
import { DOCUMENT_VERSION } from '../../ui/render/action-document.ts';
import { line, styled } from '../../ui/text/text.ts';
import { servicesFor } from '../ask/selectors.ts';
import { type CommandSpec, READING_SERVICES } from '../command.ts';
import { chooseProfile } from '../connection/profile.ts';
import { namesApp, tokenSource } from '../connection/token.ts';
import type { CanChooseProfile, CanReadToken, CanShow, Context } from '../context.ts';
import { openBrowser } from '../files/open-browser.ts';
import { showDocument, wantsDocument } from '../show/show-document.ts';

/** The pages that belong to no service, below the account's own URL. */
const PAGES = { extensions: '/extensions', 'api-keys': '/api_keys' } as const;

type WebPage = 'service' | keyof typeof PAGES;

export const spec: CommandSpec = {
  name: 'open',
  summary: 'open a PagerDuty page: a service, the extensions, the API keys',
  group: 'see',
  rank: 4,
  scopes: READING_SERVICES,
  document: 'open',
  uses: ['pagerduty', 'result'],
  examples: ['open service "Checkout API"', 'open extensions'],
  define(command, context) {
    command
      .addArgument(new Argument('<page>', 'which page').choices(['service', ...Object.keys(PAGES)]))
      .argument('[selector]', 'for `service`: its exact name, id:ID, team:NAME, or a pattern with *')
      .action((page: WebPage, selector: string | undefined) => runOpen(context(), page, selector));
  },
};

/** Prints the URL of a page, and opens it in a browser if the user is at the terminal. */
export async function runOpen(
  context: CanShow & CanReadToken & CanChooseProfile & Pick<Context, 'configRegion' | 'store' | 'platform'>,
  page: WebPage,
  selector: string | undefined,
): Promise<void> {
  const asDocument = wantsDocument(context);
  expectRealAccount(context);
  if ((page === 'service') !== (selector !== undefined)) {
    throw new UsageError(
      page === 'service' ? 'open service needs a service' : `open ${page} takes no service`,
      {
        hint: 'For example `pdactions open service "Checkout API"`, or `pdactions open extensions`.',
      },
    );
  }
  const urls =
    page === 'service' ? await servicePages(context, selector ?? '') : [await accountPage(context, page)];
  if (asDocument) return showDocument(context, { version: DOCUMENT_VERSION, command: 'open', page, urls });
  for (const url of urls) context.io.out(line(url));
  const [only, ...others] = urls;
  const { io } = context;
  if (only === undefined || others.length > 0 || !io.canPrompt || !io.terminal.stdout) return;
  if (await openBrowser(only, context)) return;
  io.say(line(styled('muted', 'Could not start a browser; open the URL yourself.')));
}

async function servicePages(context: Pick<Context, 'store'>, selector: string): Promise<readonly string[]> {
  const services = await servicesFor(await context.store(), [selector]);
  return services.map(({ htmlUrl, name }) => pageOf(htmlUrl, `the service ${name}`).href);
}

/** From the config, the profile or PAGERDUTY_SUBDOMAIN, without a token; else from the URL of a service. */
async function accountPage(
  context: CanReadToken & CanChooseProfile & Pick<Context, 'configRegion' | 'store'>,
  page: keyof typeof PAGES,
): Promise<string> {
  const { account, region } = await accountHere(context);
  if (account && /^[a-z\d-]{1,63}$/i.test(account)) {
    return `https://${account.toLowerCase()}${region === 'eu' ? '.eu' : ''}.pagerduty.com${PAGES[page]}`;
  }
  const { services } = await (await context.store()).searchServices('', { limit: 1, offset: 0 });
  return new URL(PAGES[page], pageOf(services[0]?.htmlUrl ?? null, 'this account')).href;
}

async function accountHere(context: CanReadToken & CanChooseProfile & Pick<Context, 'configRegion'>) {
  const { globals, env } = context;
  const declared = await context.configAccount();
  const profile = countsProfile(context, declared) ? await chooseProfile(context) : undefined;
  if (profile && REGIONS[profile.url] === undefined) {
    throw new RefusedError(
      `the profile ${profile.name} is for ${profile.url}, which does not have these pages`,
      {
        hint: 'Choose another one with `--profile NAME`.',
      },
    );
  }
  return {
    account: declared ?? profile?.account ?? env.PAGERDUTY_SUBDOMAIN,
    region: globals.region ?? (profile && REGIONS[profile.url]) ?? (await context.configRegion()),
  };
}

/** True if the profile applies: no variable sets a token or an account, as for every request, or `--profile` was given. */
function countsProfile(context: CanReadToken & Pick<Context, 'env'>, declared: string | undefined): boolean {
  const { globals, env } = context;
  if (globals.profile !== undefined) return true;
  const { tokenFile, tokenType } = globals;
  const hasToken = tokenSource({ ...context, tokenFile, tokenType, warn: () => undefined }) !== undefined;
  return !hasToken && !namesApp(env) && (declared !== undefined || !env.PAGERDUTY_SUBDOMAIN);
}

/** @throws RefusedError on the sandbox: a real account may have the same name */
function expectRealAccount({ globals }: Pick<Context, 'globals'>): void {
  if (globals.sandbox === undefined) return;
  throw new RefusedError('the sandbox does not have these pages', {
    hint: 'To open its own page, run `pdactions sandbox start --open`.',
  });
}

/** The URL of a record, if it is a page of PagerDuty. @throws RefusedError for any other */
function pageOf(htmlUrl: string | null, what: string): URL {
  if (htmlUrl !== null && /^https:\/\/[a-z\d-]+(?:\.eu)?\.pagerduty\.com\/[\w/-]*$/.test(htmlUrl))
    return new URL(htmlUrl);
  throw new RefusedError(`PagerDuty did not return the URL of ${what}`, {
    hint: 'Set `account` in the config, or PAGERDUTY_SUBDOMAIN; services are in PagerDuty under Services > Service Directory.',
  });
}

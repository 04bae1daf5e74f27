/** Lists every source of credentials by precedence, and every profile. Sends no request. */
import { DOCUMENT_VERSION } from '../../../ui/render/action-document.ts';
import { writeRows } from '../../../ui/render/rows.ts';
import { chooseProfile, isCi } from '../../connection/profile.ts';
import {
  type Profile,
  profileFolder,
  profileNames,
  readCurrent,
  readProfile,
} from '../../connection/profile-files.ts';
import { namesApp, TOKEN_SOURCES } from '../../connection/token.ts';
import type { CanChooseProfile, CanReadToken, CanShow, Context } from '../../context.ts';

interface CredentialSource {
  readonly name: string;
  readonly set: boolean;
}

/** Shows where credentials come from. */
export async function runStatus(context: CanReadToken & CanShow & CanChooseProfile): Promise<void> {
  const { io, format, globals } = context;
  const sources = sourcesOf(context);
  const profiles = await profilesOf(context);
  const chosen = isCi(context.env) ? undefined : await chooseProfile(context);
  const first = sources.find(({ set }) => set);
  const isByProfile = chosen !== undefined && (globals.profile !== undefined || first === undefined);
  const counts = isByProfile ? `profile ${chosen.name}` : (first?.name ?? null);
  await writeRows<'source' | 'state' | 'detail'>(io, format, {
    columns: [
      { key: 'source', title: 'SOURCE' },
      { key: 'state', title: 'STATE' },
      { key: 'detail', title: 'DETAIL', flexible: true },
    ],
    rows: [
      ...sources.map(({ name, set }) => ({
        source: name,
        state: name === counts ? 'used' : set ? 'set, not used' : 'not set',
        detail: null,
      })),
      ...profiles.map(({ name, current, detail }) => ({
        source: `profile ${name}`,
        state: `profile ${name}` === counts ? 'used' : current ? 'current, not used' : 'not used',
        detail,
      })),
    ],
    json: {
      version: DOCUMENT_VERSION,
      command: 'auth-status',
      counts,
      sources,
      profiles: profiles.map(({ name, current, profile }) => ({
        name,
        current,
        ...(profile
          ? { url: profile.url, account: profile.account, user: profile.user, keptIn: profile.keptIn }
          : { damaged: true }),
      })),
    },
  });
}

function sourcesOf(context: CanReadToken): readonly CredentialSource[] {
  const { tokenFile, tokenType } = context.globals;
  const world = { ...context, tokenFile, tokenType, warn: () => undefined };
  const tokens = TOKEN_SOURCES.map(({ name, isSet }) => ({
    name: name.replaceAll('`', ''),
    set: isSet(world),
  }));
  return [...tokens, { name: 'PAGERDUTY_CLIENT_ID', set: namesApp(context.env) }];
}

async function profilesOf(context: Pick<Context, 'env' | 'home'>) {
  if (isCi(context.env) || context.home() === '') return [];
  const folder = profileFolder(context);
  const current = await readCurrent(folder);
  const names = await profileNames(folder);
  return Promise.all(
    names.map(async (name) => {
      const profile = await readProfile(folder, name).catch(() => undefined);
      return { name, current: name === current, profile, detail: profile ? detailOf(profile) : 'damaged' };
    }),
  );
}

function detailOf({ url, account, user, keptIn }: Profile): string {
  const where = keptIn === 'file' ? 'token in a file' : 'token in the keychain';
  return [account ?? 'account unknown', new URL(url).host, user ?? 'account-level key', where].join('; ');
}

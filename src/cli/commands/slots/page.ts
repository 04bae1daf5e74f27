/** Writes the page of `slots --html`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetText } from '../../../assets.ts';
import type { Team } from '../../../core/action.ts';
import { sanitize } from '../../../ui/gate/sanitize.ts';
import { slotsPage } from '../../../ui/render/slots-page/page.ts';
import { type PictureFacts, pictureOf } from '../../../ui/render/slots-page/picture.ts';
import { VERSION } from '../../../version.ts';
import type { Context } from '../../context.ts';

/** The folder of the page's files: beside this source, and in the bundle. */
const FOLDER = 'slots-page';

/** Makes the page from the data; reads the names of the teams, which services do not contain. */
export async function pageOf(
  context: Pick<Context, 'io' | 'store'>,
  facts: Omit<PictureFacts, 'teams' | 'madeAt' | 'version'>,
): Promise<string> {
  const madeAt = new Date(performance.timeOrigin + performance.now()).toISOString();
  const teams = await teamsOf(context, facts.services);
  const clean = (text: string): string => sanitize(context.io.redact(text));
  const picture = pictureOf({ ...facts, teams, madeAt, version: VERSION }, clean);
  return slotsPage(picture, { css: await pageFile('page.css'), js: await pageFile('page.js') });
}

async function teamsOf(
  context: Pick<Context, 'store'>,
  services: PictureFacts['services'],
): Promise<readonly Team[]> {
  if (services.every(({ teamIds }) => teamIds.length === 0)) return [];
  return (await context.store()).teams();
}

async function pageFile(name: string): Promise<string> {
  const asset = assetText(`dist/${FOLDER}/${name}`);
  if (asset !== undefined) return asset;
  const here = dirname(fileURLToPath(import.meta.url));
  const folder = [here, dirname(here)].map((at) => join(at, FOLDER)).find((at) => existsSync(at));
  if (folder === undefined) throw new Error(`the files of the page are missing: ${name}`);
  return readFile(join(folder, name), 'utf8');
}

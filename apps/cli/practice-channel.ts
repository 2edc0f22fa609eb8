import { mailboxOf, parseRegisterDocument, type Channel, type Party } from '@ketensluis/domain';
import { applyRegister, previewRegister, type RegisterPorts } from '@ketensluis/flow';
import { registerVersions } from '@ketensluis/platform';
import type pg from 'pg';
import { PlainFault } from './terminal.js';

/** Ways a practice party with a mailbox can be switched between. */
export const practiceChannels = ['smime-mail', 'secure-mail', 'portal'] as const;
/** One of `practiceChannels`. */
export type PracticeChannel = (typeof practiceChannels)[number];

/** How each party is reached at this moment, by its key. */
export const channelsNow = async (pool: pg.Pool): Promise<ReadonlyMap<string, Channel | null>> => new Map((await versionsOf(pool)).map(({ key, channel }) => [key, channel]));

/** What is to be changed, and who stands in the log for it. */
export interface ChannelSwitch {
  readonly key: string;
  readonly to: PracticeChannel;
  readonly by: string;
}

/** From now on the practice party is reached in this way, at the mailbox it always had: a new version of its document, as anybody's would be (I4). */
export const switchChannel = async (pool: pg.Pool, ports: RegisterPorts, { key, to, by }: ChannelSwitch): Promise<void> => {
  const versions = (await versionsOf(pool)).filter((party) => party.key === key);
  const [current, address] = [versions.at(-1), versions.map(({ channel }) => mailboxOf(channel)).find((one) => one !== null)];
  if (current === undefined || address === undefined) throw new PlainFault(`There is no practice party "${key}" with a mailbox; see: ketensluis party list`, 2);
  const channel = to === 'portal' ? { kind: to, portalNotice: address } : { kind: to, address };
  const preview = await previewRegister([{ ...current, channel }], ports.register);
  if (preview.kind === 'refused') throw new PlainFault(preview.detail);
  await applyRegister(preview.steps, by, ports);
};

const versionsOf = async (pool: pg.Pool): Promise<readonly Party[]> => {
  const read = (await registerVersions(pool)).filter(({ kind }) => kind === 'party').map(({ body }) => parseRegisterDocument(body));
  return read.flatMap((one) => (one.kind !== 'refused' && one.document.kind === 'party' ? [one.document] : []));
};

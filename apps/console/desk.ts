import type { CountedMessage, RetentionRules } from '@ketensluis/domain';
import { noticeMemory, type AuditPorts, type MunicipalCaseStore, type NoticeMemory, type NoticeStore, type RegisterPorts } from '@ketensluis/flow';
import { createAudit, createRegister, deskStore, openAuditDesk, openSignIn, openVault, readLimiter, readRetention, signInCallback, type Configuration, type Hub, type SignIn, type SignInSettings } from '@ketensluis/platform';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAssets, type Assets } from './assets.js';
import { readTheme } from './theme.js';
import type { PracticeDesk } from './practice/practice-desk.js';

/** Everything the rooms of the console work with; each takes the few parts it touches. */
export interface Desk {
  readonly hub: Hub;
  /** What commands beside the hub are opened with, and rooms too. */
  readonly configuration: Configuration;
  readonly sessions: deskStore.Sessions;
  readonly signIn: SignIn;
  /** Seconds that somebody who is about to sign in must wait. */
  readonly signInWait: (address: string) => number;
  /** Where people find the console; no path. */
  readonly url: URL;
  readonly audit: AuditPorts;
  /** Searches, reports and figures of the privacy officer. */
  readonly auditDesk: Awaited<ReturnType<typeof openAuditDesk>>;
  readonly register: RegisterPorts;
  /** What the operator does beside the flows. */
  readonly acts: deskStore.OperatorActs;
  /** What parties were told, and what they keep of it; with what lists remember of it. */
  readonly notices: NoticeStore;
  readonly noticeMemory: NoticeMemory;
  /** The cases of a municipality, and for how long each is kept. */
  readonly cases: MunicipalCaseStore;
  readonly retention: RetentionRules;
  /** What the monitor of a municipality is counted from, since a moment. */
  readonly countedMessages: (municipality: string, from: Date) => Promise<readonly CountedMessage[]>;
  /** The practice chain, where there is one. */
  readonly practice: PracticeDesk | null;
  readonly assets: Assets;
}

/** What a console is opened with. */
export interface DeskOptions {
  readonly configuration: Configuration;
  readonly url: URL;
  readonly signIn: SignInSettings;
  readonly practice: PracticeDesk | null;
}

// Compiled pages stand in dist, the rules do not.
const retentionFolder = fileURLToPath(new URL('../../config/retention', import.meta.url.replace('/dist/apps/console/', '/apps/console/')));

/** Joins the parts; nothing listens yet. */
export const openDesk = async (hub: Hub, { configuration, url, signIn, practice }: DeskOptions): Promise<Desk> => {
  const sessions = deskStore.createSessions(hub.pool);
  const limiter = readLimiter(hub.clock);
  const retention = await readRetention(retentionFolder);
  const vault = await openVault(join(configuration.dataFolder, 'keys'));
  return {
    hub, configuration, sessions, url, practice, retention,
    signIn: openSignIn({ settings: signIn, callback: signInCallback(url), sessions, clock: hub.clock, events: hub.events }),
    signInWait: (name) => limiter({ kind: 'sign-in', name }),
    audit: await createAudit(hub.pool, configuration),
    auditDesk: await openAuditDesk(hub.pool, configuration),
    register: await createRegister(hub.pool, configuration),
    acts: deskStore.createOperatorActs(hub.pool, vault),
    notices: deskStore.createNotices(hub.pool, vault),
    noticeMemory: noticeMemory(),
    cases: deskStore.createCases(hub.pool, vault, retention),
    countedMessages: hub.countedMessages,
    assets: await readAssets(await readTheme(configuration.dataFolder)),
  };
};

/** Name of the party of somebody; null for who works for the hub itself. */
export const partyNameOf = async ({ hub }: Desk, oin: string | null): Promise<string | null> =>
  oin === null ? null : (await hub.registers.current()).registers.parties.find((party) => party.oin === oin)?.name ?? null;

import { parseRegisterDocument, type RegisterDocument } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister } from '@ketensluis/flow';
import { decisionsOf, isQuiet, messageState, practiceBehaviours, type Configuration, type Hub, type PracticeClock } from '@ketensluis/platform';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { parse } from 'yaml';
import { mailboxBehaviours } from '../practice/mailbox/server.js';
import { startPracticeChain, type PracticeChain } from '../practice/chain.js';
import { playStep } from '../practice/story.js';
import { storySchema } from '../practice/script.js';
import { foldersOf } from './place.js';
import { readDocuments } from './register-commands.js';
import { PlainFault, say } from './terminal.js';

/** The practice parties beside the hub. */
export interface Practice extends Pick<PracticeChain, 'identity' | 'route' | 'close'> {
  readonly trust: () => PracticeChain['trust'];
  /** The law and the practice registers are loaded; at later starts only a changed law pack is. */
  readonly loadRegisters: (hub: Hub) => Promise<void>;
  /** Parties behave as they were last told to, and revocation lists are those of now. */
  readonly refresh: () => Promise<void>;
  /** Plays what was not played yet; a later start goes on where an earlier one ended. */
  readonly play: (hub: Hub) => Promise<void>;
}

const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const configFolder = join(projectRoot, 'config');

/** Starts the practice parties of `config/practice`. */
export const startPractice = async ({ configuration, pool, clock }: { configuration: Configuration; pool: pg.Pool; clock: PracticeClock }): Promise<Practice> => {
  const documents = await practiceDocuments();
  const arrivals: { readonly party: string; readonly file: string }[] = [];
  const directory = foldersOf(configuration).practice;
  const chain = await startPracticeChain({
    directory, at: clock.now(), now: clock.now, documents, onMail: (party, file) => void arrivals.push({ party, file }),
  });
  let trust = chain.trust;
  const refresh = async (): Promise<void> => {
    trust = await chain.renewTrust();
    for (const [party, behaviour] of await practiceBehaviours(pool)) {
      const known = mailboxBehaviours.find((one) => one === behaviour);
      if (known !== undefined && chain.mailboxes.has(party)) chain.behave(party, known);
    }
  };
  await refresh();
  // A list that fails to renew now is tried again in an hour; meanwhile what was read holds.
  const hourly = setInterval(() => void refresh().catch(() => undefined), 3_600_000).unref();
  return {
    identity: chain.identity,
    trust: () => trust,
    route: chain.route,
    close: async () => {
      clearInterval(hourly);
      await chain.close();
    },
    refresh,
    loadRegisters: (hub) => loadRegisters(hub, chain, documents),
    play: async (hub) => {
      const story = storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));
      const progress = await readProgress(directory, clock.now(), story.startMinutesAgo);
      for (let place = progress.played; place < story.steps.length; place += 1) {
        const step = story.steps[place];
        if (step === undefined) break;
        await playStep(step, {
          chain, parties: documents.flatMap((document) => (document.kind === 'party' ? [document] : [])), start: progress.start, say,
          arrived: () => arrivals.splice(0),
          hub: {
            host: configuration.host, port: configuration.smtpPort, now: clock.now,
            isQuiet: () => isQuiet(pool, clock.now()), stateOf: (id) => messageState(pool, id), decisionsOf: (id) => decisionsOf(pool, id),
          },
        });
        // In one step: a start that is killed here must not leave half a file for the next one.
        await writeFile(join(directory, 'story.json.new'), JSON.stringify({ start: progress.start.toISOString(), played: place + 1 }));
        await rename(join(directory, 'story.json.new'), join(directory, 'story.json'));
      }
      if (progress.played >= story.steps.length) say('The practice story was played at an earlier start; its data are kept.');
      hub.events.tell('story.played', { count: story.steps.length });
      say('');
    },
  };
};

/** The registers of `config/practice`, as documents. */
export const practiceDocuments = async (): Promise<readonly RegisterDocument[]> => {
  const folder = join(configFolder, 'practice');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'story.yaml').sort();
  const values = (await Promise.all(files.map((name) => readDocuments(join(folder, name))))).flat();
  return values.map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new PlainFault(`config/practice: ${read.detail}`);
    return read.document;
  });
};

const loadRegisters = async (hub: Hub, chain: PracticeChain, documents: readonly RegisterDocument[]): Promise<void> => {
  const ports = { clock: hub.clock, ids: hub.ids, register: hub.store.register };
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'start', ports);
  const first = documents[0];
  // Loaded once: what an operator applies later must not be undone by a restart.
  if (first !== undefined && (await hub.store.register.find(first.kind, first.key)) !== null) return;
  const preview = await previewRegister(await Promise.all(documents.map(chain.withCertificates)), hub.store.register);
  if (preview.kind === 'refused') throw new PlainFault(`config/practice: ${preview.detail}`);
  await applyRegister(preview.steps, 'start', ports);
};

const readProgress = async (directory: string, now: Date, startMinutesAgo: number): Promise<{ readonly start: Date; readonly played: number }> => {
  const text = await readFile(join(directory, 'story.json'), 'utf8').catch(() => null);
  if (text === null) {
    const start = new Date(now.getTime() - startMinutesAgo * 60_000);
    start.setUTCSeconds(0, 0);
    return { start, played: 0 };
  }
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null || !('start' in stored) || !('played' in stored)) throw new PlainFault('practice/story.json is damaged; remove it to play the story again');
  return { start: new Date(String(stored.start)), played: Number(stored.played) };
};

import { readDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import type { Party } from '@ketensluis/domain';
import { setTimeout as pause } from 'node:timers/promises';
import type { PracticeChain } from './chain.js';
import { documentOf, type Step } from './script.js';

/** What the story needs of the hub: its address, and to see when it is done with a step. */
export interface StoryHub {
  readonly host: string;
  readonly port: number;
  readonly now: () => Date;
  readonly isQuiet: () => Promise<boolean>;
  readonly stateOf: (messageId: string) => Promise<{ readonly state: string; readonly cause: string | null } | null>;
  readonly decisionsOf: (messageId: string) => Promise<readonly { readonly recipient: string; readonly kind: 'permit' | 'hold' | 'refuse'; readonly reason: string | null }[]>;
}

/** The story and everything it is told with. */
export interface StoryInput {
  readonly chain: PracticeChain;
  readonly hub: StoryHub;
  readonly parties: readonly Party[];
  readonly start: Date;
  /** Mails that came in since the last call, oldest first. */
  readonly arrived: () => readonly { readonly party: string; readonly file: string }[];
  readonly say: (line: string) => void;
}

const quietMaxMs = 30_000;
const lookMs = 100;

/** Plays one step: sends it as real mail, waits until the hub is done with it, and tells what everybody got and did not get. */
export const playStep = async (step: Step, input: StoryInput): Promise<void> => {
  const { chain, hub, say } = input;
  const { document, files } = documentOf(step, input.start, hub.now());
  say(`\n${step.tell}`);
  const reply = await chain.send(
    {
      from: step.from, subject: `${step.soort} ${step.zaak.nummer}`, text: 'Zie de bijlage.',
      attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files],
    },
    hub,
  );
  const id = /accepted (\S+)/.exec(reply.text)?.[1];
  if (reply.code !== 250 || id === undefined) return say(`  the hub does not take it: ${reply.code} ${reply.text}`);
  say(`  ${step.from} sends ${step.soort}; the hub stores it and answers 250`);
  await untilQuiet(hub);
  const became = await hub.stateOf(id);
  if (became?.state === 'refused') say(`  -- the hub refuses it (${became.cause}): it cannot be in this case. The refusal is in the log, and a task to tell the sender is open.`);
  if (became?.state === 'parked') say('  -- the hub set it aside: a person must look at this case.');
  for (const { party, file } of input.arrived()) say(`  -> ${await receivedLine(party, file, input)}`);
  for (const { recipient, kind, reason } of await hub.decisionsOf(id)) {
    if (kind !== 'permit') say(`  -- ${nameOf(recipient, input.parties)}: ${kind === 'hold' ? 'held' : 'refused'}, ${meaningOf[reason ?? ''] ?? reason}`);
  }
};

const untilQuiet = async (hub: StoryHub): Promise<void> => {
  const until = performance.now() + quietMaxMs;
  while (performance.now() < until) {
    if (await hub.isQuiet()) return;
    await pause(lookMs);
  }
};

const receivedLine = async (party: string, file: string, { chain, hub, parties }: StoryInput): Promise<string> => {
  const mailbox = chain.mailboxes.get(party);
  const raw = (await mailbox?.inbox.mails())?.find((mail) => mail.file === file)?.raw;
  if (raw === undefined) throw new Error('bug: a kept mail is gone');
  const opened = await chain.open(party, raw, hub.now());
  const part = opened.parts.find(({ contentType }) => contentType === 'application/xml');
  const read = readDisclosure(part?.content ?? new Uint8Array(), 'application/xml');
  if (read.kind === 'refused') throw new Error(`${party} cannot read its disclosure`);
  return `${partyName(party, parties)} received it: ${groundOf(read.disclosure)}`;
};

const groundOf = ({ type, ground, omitted }: DisclosureDocument): string => {
  const left = [...new Set(omitted.map(({ category }) => category))];
  return `${type}, ${ground.article} (${ground.rule}); gets ${ground.categories.join(' ')}${left.length === 0 ? '' : `; left out ${left.join(' ')}`}`;
};

const partyName = (key: string, parties: readonly Party[]): string => parties.find((party) => party.key === key)?.name ?? key;
const nameOf = (recipient: string, parties: readonly Party[]): string =>
  persons[recipient] ?? parties.find(({ oin }) => oin === recipient)?.name ?? `nobody connected (${recipient})`;

const persons: Readonly<Record<string, string>> = { UHG: 'the person who had to leave', PART: 'the partner' };

const meaningOf: Readonly<Record<string, string>> = {
  'outside-hub': 'to be told by hand, with its deadline: no channel of the hub reaches them',
  'no-agreement': 'the municipality has no processor agreement; the duty stays open, with its deadline',
  'setting-off': 'the municipality has not switched this on',
  'no-basis': 'no article of law gives it to them',
  forbidden: 'the law does not allow it',
  'necessity-missing': 'somebody must first say why it is necessary',
  'consent-missing': 'the person has not consented',
  'no-mandate': 'no mandate is registered',
  'nothing-to-give': 'nothing in it is for them',
};

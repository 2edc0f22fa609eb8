import { readDisclosure } from '@ketensluis/contract';
import type { Party } from '@ketensluis/domain';
import { setTimeout as pause } from 'node:timers/promises';
import type { PracticeChain } from './chain.js';
import { documentOf, type Step } from './script.js';
import type { Heard } from './story-words.js';

/** What the story needs of the hub: its address, and to see when it is done with a step. */
export interface StoryHub {
  readonly host: string;
  readonly port: number;
  readonly now: () => Date;
  readonly isQuiet: () => Promise<boolean>;
  readonly stateOf: (messageId: string) => Promise<{ readonly state: string; readonly cause: string | null } | null>;
  readonly decisionsOf: (messageId: string) => Promise<readonly { readonly recipient: string; readonly kind: 'permit' | 'hold' | 'refuse'; readonly reason: string | null }[]>;
  readonly deliveriesOf: (messageId: string) => Promise<readonly { readonly recipient: string; readonly state: string }[]>;
}

/** The story and everything it is told with. */
export interface StoryInput {
  readonly chain: PracticeChain;
  readonly hub: StoryHub;
  readonly parties: readonly Party[];
  readonly start: Date;
  /** Mails that came in since the last call, oldest first. */
  readonly arrived: () => readonly { readonly party: string; readonly file: string }[];
  readonly hear: (heard: Heard) => void;
  /** How long the hub may take; a party that misbehaves keeps it busy for days. */
  readonly patienceMs: number;
}

const lookMs = 100;

/** Plays one step: sends it as real mail, waits until the hub is done with it, and lets hear what everybody got and did not get. */
export const playStep = async (step: Step, input: StoryInput): Promise<void> => {
  const { chain, hub, hear, parties } = input;
  const { document, files } = documentOf(step, input.start, hub.now());
  const reply = await chain.send(
    {
      from: step.from, subject: `${step.soort} ${step.zaak.nummer}`, text: 'Zie de bijlage.',
      attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files],
    },
    hub,
  );
  const id = /accepted (\S+)/.exec(reply.text)?.[1];
  if (reply.code !== 250 || id === undefined) return hear({ kind: 'not-taken', answer: `${reply.code} ${reply.text}` });
  hear({ kind: 'stored', from: step.from, type: step.soort });
  const isDone = await untilQuiet(input);
  const became = await hub.stateOf(id);
  if (became?.state === 'refused') hear({ kind: 'turned-down', cause: became.cause ?? '' });
  if (became?.state === 'parked') hear({ kind: 'parked' });
  for (const { party, file } of input.arrived()) hear(await receivedBy(party, file, input));
  const nameOf = (recipient: string): string | null => parties.find(({ oin }) => oin === recipient)?.name ?? null;
  for (const { recipient, state } of await hub.deliveriesOf(id)) {
    const way = ways[state];
    if (way !== undefined) hear({ kind: 'not-brought', party: nameOf(recipient) ?? recipient, way });
  }
  for (const { recipient, kind, reason } of await hub.decisionsOf(id)) {
    if (kind !== 'permit') hear({ kind: 'withheld', recipient: nameOf(recipient), code: recipient, isHeld: kind === 'hold', reason: reason ?? '' });
  }
  if (!isDone) hear({ kind: 'under-way' });
};

// As the desk names the states of a delivery; of what arrived the mail itself tells.
const ways: Readonly<Record<string, Extract<Heard, { readonly kind: 'not-brought' }>['way']>> = { announced: 'told', again: 'again', stuck: 'stuck' };

const untilQuiet = async ({ hub, patienceMs }: StoryInput): Promise<boolean> => {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    if (await hub.isQuiet()) return true;
    await pause(lookMs);
  }
  return false;
};

const receivedBy = async (party: string, file: string, { chain, hub, parties }: StoryInput): Promise<Heard> => {
  const mailbox = chain.mailboxes.get(party);
  const raw = (await mailbox?.inbox.mails())?.find((mail) => mail.file === file)?.raw;
  if (raw === undefined) throw new Error('bug: a kept mail is gone');
  const opened = await chain.read(party, raw, hub.now());
  const part = opened.parts.find(({ contentType }) => contentType === 'application/xml');
  const read = readDisclosure(part?.content ?? new Uint8Array(), 'application/xml');
  if (read.kind === 'refused') throw new Error(`${party} cannot read its disclosure`);
  const { type, ground, omitted } = read.disclosure;
  return {
    kind: 'received', party: parties.find(({ key }) => key === party)?.name ?? party, type, article: ground.article, rule: ground.rule, categories: ground.categories, left: [...new Set(omitted.map(({ category }) => category))],
  };
};

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { retold, storySchema, type Step } from '../../practice/script.js';
import { configFolder } from '../place.js';
import { openWaysIn, type Handing, type SendingPlace, type WayIn } from './ways-in.js';

/** One message as its sender knows it. */
export interface SentMessage {
  readonly caseNumber: string;
  readonly type: string;
  readonly way: WayIn;
  readonly startedAt: Date;
  /** When the hub said that it has it; null when it never did. */
  readonly acceptedAt: Date | null;
  /** How often it was handed over, and the last answer, of SMTP or HTTP; 0 is none. */
  readonly tries: number;
  readonly code: number;
}

/** The parties that send: each hands over the same bytes until there is an answer that is final. */
export interface Traffic {
  /** The messages of one case, each once the one before was taken; `taken` is called in between. */
  readonly playCase: (taken?: (type: string) => Promise<void>) => Promise<void>;
  readonly sent: () => readonly SentMessage[];
}

/** Case 1 is that of the practice story. */
const firstRun = 2;
const againMs = 300;
/** Longer than any fault of a drill lasts. */
const patienceMs = 180_000;
/** As in the story: its withdrawal is twenty minutes back. */
const banMinutesAgo = 180;
/** What a case consists of, and by which way each comes in: mail of the police, the API of the court, webhooks of the municipality. */
const play: readonly (readonly [type: string, way: WayIn])[] = [
  ['huisverbod.opgelegd', 'mail'], ['voorziening.verzocht', 'api'], ['uitspraak.voorziening', 'api'], ['huisverbod.ingetrokken', 'webhook'],
];

/** Messages are those of the practice story, retold for each case: the same invented people under other numbers. */
export const openTraffic = async (place: SendingPlace): Promise<Traffic> => {
  const { steps } = storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));
  const told = play.map(([type, way]) => {
    const step = steps.find(({ soort }) => soort === type);
    if (step === undefined) throw new Error(`bug: the practice story has no ${type}`);
    return { step, way };
  });
  const waysIn = await openWaysIn(place);
  const sent: SentMessage[] = [];
  let run = firstRun;
  const send = async (step: Step, way: WayIn, start: Date): Promise<boolean> => {
    const startedAt = new Date();
    const handOver = await waysIn[way](step, start);
    let last: Handing = { kind: 'again', code: 0 };
    let tries = 0;
    for (const until = performance.now() + patienceMs; last.kind === 'again' && performance.now() < until; ) {
      if (tries > 0) await pause(againMs);
      tries += 1;
      last = await handOver();
    }
    sent.push({ caseNumber: step.zaak.nummer, type: step.soort, way, startedAt, acceptedAt: last.kind === 'taken' ? new Date() : null, tries, code: last.code });
    // A mail whose 250 got lost is a replay when it comes again: it is there.
    return last.kind === 'taken' || (way === 'mail' && last.kind === 'refused' && tries > 1);
  };
  return {
    playCase: async (taken) => {
      const number = (run += 1) - 1;
      const start = new Date(place.now().getTime() - banMinutesAgo * 60_000);
      for (const { step, way } of told) {
        if (!(await send(retold(step, number), way, start))) return;
        await taken?.(step.soort);
      }
    },
    sent: () => sent,
  };
};

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { retold, storySchema, type Step } from '../practice/script.js';
import { lineOf, sentenceOf, type Heard } from '../practice/story-words.js';
import type { StoryTold, StoryView } from '../console/practice/practice-desk.js';
import { configFolder } from './place.js';
import { PlainFault } from './terminal.js';

/** What the story is told with. */
export interface StoryParts {
  /** Where is kept how far it came. */
  readonly directory: string;
  readonly now: () => Date;
  /** Sends one step as real mail and lets hear what comes of it. */
  readonly perform: (step: Step, telling: { readonly start: Date; readonly patienceMs: number; readonly hear: (heard: Heard) => void }) => Promise<void>;
}

/** The story of the practice chain: told whole at the first start, and once more in a new case, step by step, for whoever asks. */
export interface Story {
  /** Plays what was not played yet and tells it line by line; gives how many steps it has. */
  readonly playAll: (say: (line: string) => void) => Promise<number>;
  readonly view: (language: 'nl' | 'en') => Promise<StoryView>;
  /** Plays the next step of the new case, or the first one of another when this one was played to its end. */
  readonly playNext: () => Promise<void>;
}

// Whoever started the hub waits for the story; who pressed a button waits for a page.
const patienceMs = { start: 30_000, page: 8_000 } as const;
const progressSchema = z.object({ start: z.coerce.date(), played: z.number().int().min(0), run: z.number().int().min(1).default(1) });
type Progress = z.infer<typeof progressSchema>;

/** Opens the story; its steps are played one after the other, whoever asks. */
export const openStory = ({ directory, now, perform }: StoryParts): Story => {
  const files = { whole: join(directory, 'story.json'), again: join(directory, 'story-again.json') };
  let told: (Pick<Step, 'tell' | 'vertel'> & { readonly heard: readonly Heard[] })[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const begin = (minutesAgo: number, run: number): Progress => {
    const start = new Date(now().getTime() - minutesAgo * 60_000);
    start.setUTCSeconds(0, 0);
    return { start, played: 0, run };
  };
  const again = async () => {
    const story = await readStory();
    const known = await readProgress(files.again);
    return { story, current: known ?? begin(story.startMinutesAgo, 2), isBegun: known !== null };
  };
  return {
    playAll: (say) => inTurn(async () => {
      const story = await readStory();
      const progress = (await readProgress(files.whole)) ?? begin(story.startMinutesAgo, 1);
      for (const [place, step] of story.steps.entries()) {
        if (place < progress.played) continue;
        say(`\n${step.tell}`);
        await perform(step, { start: progress.start, patienceMs: patienceMs.start, hear: (heard) => say(lineOf(heard)) });
        await keepProgress(files.whole, { ...progress, played: place + 1 });
      }
      if (progress.played >= story.steps.length) say('The practice story was played at an earlier start; its data are kept.');
      return story.steps.length;
    }),
    view: async (language) => {
      const { story, current, isBegun } = await again();
      const step = story.steps[current.played % story.steps.length];
      const isOver = current.played >= story.steps.length;
      return {
        caseNumber: isBegun ? (story.steps[0] === undefined ? null : retold(story.steps[0], current.run).zaak.nummer) : null, played: current.played, of: story.steps.length, isOver,
        next: isOver || step === undefined ? (story.steps[0]?.[language === 'nl' ? 'vertel' : 'tell'] ?? '') : step[language === 'nl' ? 'vertel' : 'tell'],
        told: told.map(({ tell, vertel, heard }): StoryTold => ({ title: language === 'nl' ? vertel : tell, lines: heard.map((one) => ({ tone: toneOf[one.kind], text: sentenceOf(one, language) })) })),
      };
    },
    playNext: () => inTurn(async () => {
      const { story, current } = await again();
      const progress = current.played < story.steps.length ? current : begin(story.startMinutesAgo, current.run + 1);
      const step = story.steps[progress.played];
      if (step === undefined) throw new Error('bug: the story has no steps');
      const heard: Heard[] = [];
      await perform(retold(step, progress.run), { start: progress.start, patienceMs: patienceMs.page, hear: (one) => void heard.push(one) });
      // Kept by this process only: it is told to whoever practises, and the log has it for ever.
      told = [...(progress.played === 0 ? [] : told), { tell: step.tell, vertel: step.vertel, heard }];
      await keepProgress(files.again, { ...progress, played: progress.played + 1 });
    }),
  };
};

const toneOf: Readonly<Record<Heard['kind'], StoryTold['lines'][number]['tone']>> = { 'not-taken': 'bad', stored: 'plain', 'turned-down': 'bad', parked: 'bad', received: 'good', 'not-brought': 'wait', withheld: 'wait', 'under-way': 'wait' };

const readStory = async () => storySchema.parse(parse(await readFile(join(configFolder, 'practice', 'story.yaml'), 'utf8')));

const readProgress = async (file: string): Promise<Progress | null> => {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const read = progressSchema.safeParse(JSON.parse(text));
  if (!read.success) throw new PlainFault(`${file} is damaged; remove it to play the story again`);
  return read.data;
};

// In one step: a start that is killed here must not leave half a file for the next one.
const keepProgress = async (file: string, progress: Progress): Promise<void> => {
  await writeFile(`${file}.new`, JSON.stringify(progress));
  await rename(`${file}.new`, file);
};

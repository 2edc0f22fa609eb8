import { readMessage, writeMessage } from '@ketensluis/contract';
import { Temporal } from 'temporal-polyfill';
import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { practicePdf } from './pdf.js';
import { shortRihgSchema, wholeRihg } from './rihg.js';

const attachmentSchema = z.strictObject({ naam: z.string(), tekst: z.string(), categorie: z.string() });

/** One step of the story: who sends what, in words and as a document whose moments are relative to the start. */
const stepSchema = z.strictObject({
  tell: z.string(),
  /** The same in Dutch. */
  vertel: z.string(),
  from: z.email(),
  soort: z.string(),
  /** The sender's id; a fresh one when absent. */
  kenmerk: z.uuid().optional(),
  /** The message this one corrects. */
  vervangt: z.uuid().optional(),
  zaak: z.strictObject({ gemeente: z.string(), nummer: z.string() }),
  afzender: z.strictObject({ oin: z.string(), rol: z.string(), functie: z.string().optional() }),
  inhoud: z.record(z.string(), z.unknown()),
  /** A RiHG in short, put into the content in full. */
  rihg: shortRihgSchema.optional(),
  bijlagen: z.array(attachmentSchema).optional(),
});

/** One step of the story. */
export type Step = z.infer<typeof stepSchema>;

/** The story of `config/practice/story.yaml`. */
export const storySchema = z.strictObject({
  /** Anchors the steps refer to. */
  gedeeld: z.unknown(),
  /** How long before now the ban of the story was imposed, in minutes. */
  startMinutesAgo: z.number().int().positive(),
  steps: z.array(stepSchema).min(1),
});

/**
 * The step in another case: the same people and moments, under numbers and ids that were not used before. `run` counts the tellings from 1, which is the
 * story as it stands in the file.
 */
export const retold = (step: Step, run: number): Step => {
  const numbers = (text: string): string =>
    text.replace(/^([A-Z]{2}-\d{4}-)\d{4}/, (_, before: string) => `${before}${String(run).padStart(4, '0')}`).replace(/^(NWD \d\d\/)(\d{4})$/, (_, before: string, number: string) => `${before}${Number(number) + (run - 1) * 10}`);
  const ids = (text: string): string => (z.uuid().safeParse(text).success ? uuidOf(`${run} ${text}`) : text);
  const through = (value: unknown): unknown => {
    if (typeof value === 'string') return ids(numbers(value));
    if (Array.isArray(value)) return value.map(through);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, through(inner)])) : value;
  };
  return run === 1 ? step : stepSchema.parse({ ...step, zaak: through(step.zaak), inhoud: through(step.inhoud), ...(step.kenmerk === undefined ? {} : { kenmerk: ids(step.kenmerk) }), ...(step.vervangt === undefined ? {} : { vervangt: ids(step.vervangt) }) });
};

// Version 8: of our own making (RFC 9562 §5.8). The same text gives the same id, so that steps still refer to each other after a restart.
const uuidOf = (text: string): string => createHash('sha256').update(text).digest('hex').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');

/** A document ready to be sent, with its files. */
export interface StepMail {
  readonly document: Uint8Array;
  readonly files: readonly { readonly name: string; readonly contentType: string; readonly content: Uint8Array }[];
}

const zone = 'Europe/Amsterdam';
const relative = /^@(?:(?<days>[+-]\d+)d)?(?:(?<sign>[+-])(?<hours>\d+):(?<minutes>\d\d))?$/;

/** Fills in a step: `@+0:40` is a moment after the start, `@+10d` the same time ten days on, `@date` the day, `@sha256 NAME` a file's hash. */
export const documentOf = (step: Step, start: Date, sentAt: Date): StepMail => {
  const files = (step.bijlagen ?? []).map(({ naam, tekst }) => ({ name: naam, contentType: 'application/pdf', content: practicePdf(tekst) }));
  const hashOf = (name: string): string => {
    const file = files.find((one) => one.name === name);
    if (file === undefined) throw new Error(`story: no attachment ${name}`);
    return createHash('sha256').update(file.content).digest('hex');
  };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
    if (typeof value !== 'string' || !value.startsWith('@')) return value;
    if (value === '@date') return wall(start).toPlainDate().toString();
    if (value.startsWith('@sha256 ')) return hashOf(value.slice('@sha256 '.length));
    return momentOf(value, start);
  };
  const json = {
    soort: step.soort, versie: 1, kenmerk: step.kenmerk ?? randomUUID(), ...(step.vervangt === undefined ? {} : { vervangt: step.vervangt }), zaak: { wet: 'WTH', ...step.zaak }, verzonden: sentAt.toISOString(), afzender: step.afzender,
    inhoud: fill(step.rihg === undefined ? step.inhoud : { ...step.inhoud, rihg: wholeRihg(step.rihg) }),
    ...(files.length === 0 ? {} : {
      bijlagen: (step.bijlagen ?? []).map(({ naam, categorie }, place) => ({
        naam, soort: 'application/pdf', sha256: hashOf(naam), omvang: files[place]?.content.length ?? 0, categorie,
      })),
    }),
  };
  const read = readMessage(Buffer.from(JSON.stringify(json)), 'application/json');
  if (read.kind === 'refused') {
    throw new Error(`story: ${step.soort} is not a valid message: ${read.problems.map(({ field, rule }) => `${field} (${rule})`).join(', ')}`);
  }
  return { document: writeMessage(read.message, 'application/xml'), files };
};

const wall = (at: Date): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

const momentOf = (text: string, start: Date): string => {
  const groups = relative.exec(text)?.groups;
  if (groups === undefined) throw new Error(`story: ${text} is no moment`);
  const sign = groups['sign'] === '-' ? -1 : 1;
  return wall(start)
    .add({ days: Number(groups['days'] ?? 0) })
    .add({ hours: sign * Number(groups['hours'] ?? 0), minutes: sign * Number(groups['minutes'] ?? 0) })
    .toString({ timeZoneName: 'never', smallestUnit: 'second' });
};

import pino, { type DestinationStream } from 'pino';
import type { Configuration } from './config.js';

/** `noun.verb`: what happened, as in `disclosure.recorded`. */
export type EventName = `${string}.${string}`;

/** What may be said beside an event. Anything that is not on this list is left out of the log (I13). */
export const loggedFields = [
  'messageId', 'caseId', 'entryId', 'deliveryId', 'partyId', 'party', 'oin', 'role', 'law', 'municipality', 'type', 'version', 'rule', 'ruleId',
  'kind', 'outcome', 'next', 'state', 'code', 'reason', 'attempt', 'channel', 'algorithm', 'index', 'size', 'count', 'bytes', 'durationMs',
  'dueAt', 'at', 'host', 'port', 'connection', 'process', 'step', 'trace', 'key', 'register', 'recipients', 'permits', 'holds', 'refusals',
  'reasons', 'waitedMs', 'traceparent',
] as const;

/** An event as whoever hears it beside the log gets it: with the fields that may be told, and no others. */
export interface HeardEvent {
  readonly name: EventName;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly isFault: boolean;
}

/** Makes figures or traces of what is told. Never throws, and keeps nobody waiting. */
export interface Hearer {
  readonly hear: (event: HeardEvent) => void;
  /** True: it hears details too, whatever the level of the log is. */
  readonly hearsDetails: boolean;
}

/** Where a process tells what happened, one wide line per step. */
export interface EventLog {
  /** Writes one event; a field outside the list, or a value that is no identifier, number or state, is left out and its name told. */
  tell(event: EventName, fields?: Readonly<Record<string, unknown>>): void;
  /** Writes one fault: its kind, code and place, never its message, which may quote what it stumbled on. */
  fault(event: EventName, fault: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** True when somebody listens to `detail`: what it takes to tell need not be looked up otherwise. */
  readonly isDetailed: boolean;
  /** As `tell`, of each of the many things one step was about; a line of the log only at level debug. */
  detail(event: EventName, fields?: Readonly<Record<string, unknown>>): void;
}

const allowed = new Set<string>(loggedFields);
const eventShape = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;
// Identifiers, codes and moments: no space, so no name or sentence; no @, so no address of a person.
const identifierShape = /^[A-Za-z0-9._:+/=-]{1,200}$/;
// Nine digits can be a citizen service number (Wabb art. 10 limits its use to where the law asks for it).
const citizenNumberShape = /(?<!\d)\d{9}(?!\d)/;
// Inside a UUID or a digest nine digits in a row are chance.
const opaqueShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32,}$/;
// Amounts that grow to nine digits by themselves.
const amounts = new Set(['bytes', 'size', 'index', 'durationMs', 'waitedMs']);
// Of these there may be several: one code for each of what was decided.
const lists = new Set(['reasons']);
const listMax = 200;
// W3C Trace Context §3.2; its digits are chance, as in a digest.
const traceparentShape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const framesMax = 6;
const causesMax = 4;

const isLoggable = (name: string, value: unknown): boolean => {
  if (Array.isArray(value)) return lists.has(name) && value.length <= listMax && value.every((one) => typeof one === 'string' && isLoggable(name, one));
  if (name === 'traceparent') return typeof value === 'string' && traceparentShape.test(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && (amounts.has(name) || !citizenNumberShape.test(String(value)));
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  return typeof value === 'string' && identifierShape.test(value) && (opaqueShape.test(value) || !citizenNumberShape.test(value));
};

const permittedFields = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const kept = Object.entries(fields).filter(([name, value]) => allowed.has(name) && isLoggable(name, value));
  const names = new Set(kept.map(([name]) => name));
  const leftOut = Object.entries(fields).filter(([name, value]) => !names.has(name) && value !== undefined).map(([name]) => (identifierShape.test(name) ? name : '?'));
  return { ...Object.fromEntries(kept), ...(leftOut.length > 0 ? { leftOut } : {}) };
};

const codeOf = (fault: Error): string | null => {
  const code: unknown = 'code' in fault ? fault.code : null;
  return typeof code === 'string' && identifierShape.test(code) ? code : null;
};

// The first lines of a stack hold the message; only lines that name a place are kept, without the folder this computer has it in.
const placesOf = (stack: string): readonly string[] =>
  stack.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line)).slice(0, framesMax).map((line) => line.trim().replace(/(file:\/\/)?\/\S*?\/(dist|libs|apps|node_modules)\//, '$2/'));

const describeFault = (fault: unknown): readonly Record<string, unknown>[] => {
  const told: Record<string, unknown>[] = [];
  for (let one = fault; one instanceof Error && told.length < causesMax; one = one.cause) {
    told.push({ name: identifierShape.test(one.name) ? one.name : 'Error', code: codeOf(one), at: placesOf(one.stack ?? '') });
  }
  return told.length > 0 ? told : [{ name: typeof fault, code: null, at: [] }];
};

/**
 * Opens the log of a process. Lines are JSON with time, level, event and permitted fields; `to` is standard output unless given. Each of `hearers` hears every
 * event too, also those below the level.
 */
export const openEventLog = (level: Configuration['logLevel'], to?: DestinationStream, hearers: readonly Hearer[] = []): EventLog => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } };
  const log = to === undefined ? pino(options) : pino(options, to);
  const ofDetails = hearers.filter(({ hearsDetails }) => hearsDetails);
  const permitted = (name: EventName, fields: Readonly<Record<string, unknown>>, by: readonly Hearer[], isFault = false): Record<string, unknown> => {
    if (!eventShape.test(name)) throw new Error(`bug: an event is named noun.verb, not ${JSON.stringify(name.slice(0, 40))}`);
    const kept = permittedFields(fields);
    for (const { hear } of by) hear({ name, fields: kept, isFault });
    return { event: name, ...kept };
  };
  return {
    tell: (event, fields = {}) => log.info(permitted(event, fields, hearers)),
    fault: (event, fault, fields = {}) => log.error({ ...permitted(event, fields, hearers, true), faults: describeFault(fault) }),
    isDetailed: level === 'debug' || ofDetails.length > 0,
    detail: (event, fields = {}) => log.debug(permitted(event, fields, ofDetails)),
  };
};

import pino, { type DestinationStream } from 'pino';
import type { Configuration } from './config.js';

/** `noun.verb`: what happened, as in `disclosure.recorded`. */
export type EventName = `${string}.${string}`;

/** What may be said beside an event. Anything that is not on this list is left out of the log (I13). */
export const loggedFields = [
  'messageId', 'caseId', 'entryId', 'deliveryId', 'partyId', 'party', 'oin', 'role', 'law', 'municipality', 'type', 'version', 'rule', 'ruleId',
  'kind', 'outcome', 'next', 'state', 'code', 'reason', 'attempt', 'channel', 'algorithm', 'index', 'size', 'count', 'bytes', 'durationMs',
  'dueAt', 'at', 'host', 'port', 'connection', 'process', 'step', 'key', 'register', 'recipients', 'permits', 'holds', 'refusals',
] as const;

/** A field that may be logged. */
export type LoggedField = (typeof loggedFields)[number];

/** Where a process tells what happened, one wide line per step. */
export interface EventLog {
  /** Writes one event; a field outside the list, or a value that is no identifier, number or state, is left out and its name told. */
  tell(event: EventName, fields?: Readonly<Record<string, unknown>>): void;
  /** Writes one fault: its kind, code and place, never its message, which may quote what it stumbled on. */
  fault(event: EventName, fault: unknown, fields?: Readonly<Record<string, unknown>>): void;
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
const amounts = new Set(['bytes', 'size', 'index', 'durationMs']);
const framesMax = 6;
const causesMax = 4;

const isLoggable = (name: string, value: unknown): boolean => {
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

/** Opens the log of a process. Lines are JSON with time, level, event and permitted fields; `to` is standard output unless given. */
export const openEventLog = (level: Configuration['logLevel'], to?: DestinationStream): EventLog => {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label: string) => ({ level: label }) } };
  const log = to === undefined ? pino(options) : pino(options, to);
  const nameOf = (event: string): string => {
    if (!eventShape.test(event)) throw new Error(`bug: an event is named noun.verb, not ${JSON.stringify(event.slice(0, 40))}`);
    return event;
  };
  return {
    tell: (event, fields = {}) => log.info({ event: nameOf(event), ...permittedFields(fields) }),
    fault: (event, fault, fields = {}) => log.error({ event: nameOf(event), ...permittedFields(fields), faults: describeFault(fault) }),
  };
};

import { isReaderValid, mayReadLog, type LogPart, type Reader } from '@ketensluis/domain';
import type { Clock } from './ports.js';
import type { EntryPage, EntryScope, LogAccess, LogQuestion, LogReadStore, OwnEntry, ReaderStore } from './reader-ports.js';

export interface ReadLogPorts {
  readonly clock: Clock;
  readonly readers: Pick<ReaderStore, 'find'>;
  readonly log: LogReadStore;
  /** Takes one of the requests a source may make; seconds to wait when it has none left, else 0. */
  readonly take: (source: { readonly kind: 'reader' | 'stranger'; readonly name: string }) => number;
  /** Resolves when the access is recorded. */
  readonly record: (access: LogAccess) => Promise<void>;
}

/** Who asks: a bearer token, or none, from an address. */
export interface LogCaller {
  readonly token: string | null;
  readonly address: string;
  readonly trace: string | null;
}

/** What was found, byte for byte. */
export type LogContent =
  | { readonly kind: 'checkpoint' | 'tile' | 'bundle'; readonly bytes: Uint8Array }
  | { readonly kind: 'key'; readonly vkey: string; readonly policy: string | null }
  | { readonly kind: 'own'; readonly page: EntryPage }
  | { readonly kind: 'entry'; readonly entry: OwnEntry };

/** `unknown`: no valid token. `forbidden`: not for this reader, whether it exists or not. `absent`: does not exist for this reader. */
export type LogReply =
  | { readonly kind: 'found'; readonly content: LogContent }
  | { readonly kind: 'unknown' | 'forbidden' | 'absent' }
  | { readonly kind: 'busy'; readonly waitSeconds: number };

/**
 * Answers one question about the log. Whoever may not have a part gets the same answer whether it exists or not, and every look at entries, also
 * a refused one, is recorded before the answer leaves. Throws when the log cannot be read or the access cannot be recorded: then nothing is shown.
 */
export const readLog = async (question: LogQuestion, caller: LogCaller, ports: ReadLogPorts): Promise<LogReply> => {
  const at = ports.clock.now();
  const reader = await readerOf(caller, at, ports);
  const waitSeconds = ports.take(reader === null ? { kind: 'stranger', name: caller.address } : { kind: 'reader', name: reader.id });
  // Not recorded one by one: a flood must not fill the access log.
  if (waitSeconds > 0) return { kind: 'busy', waitSeconds };
  const record = (outcome: LogAccess['outcome'], count: number): Promise<void> =>
    partOf(question) === 'hashes' && reader !== null ? Promise.resolve() : ports.record({ at, reader, question, outcome, count, trace: caller.trace });
  if (reader === null || !mayReadLog(reader.role, partOf(question))) {
    await record('refused', 0);
    return { kind: reader === null ? 'unknown' : 'forbidden' };
  }
  const content = await contentOf(question, reader, ports.log);
  if (content === null || content === 'foreign') {
    await record(content === null ? 'absent' : 'refused', 0);
    return { kind: 'absent' };
  }
  await record('given', countOf(content, question));
  return { kind: 'found', content };
};

/** The one place that says who is asking; a certificate or an OAuth token would be looked at here as well. Null for whoever is not known now. */
const readerOf = async ({ token }: LogCaller, at: Date, { readers }: ReadLogPorts): Promise<Reader | null> => {
  const reader = token === null ? null : await readers.find(token);
  return reader !== null && isReaderValid(reader, at) ? reader : null;
};

const partOf = ({ kind }: LogQuestion): LogPart => {
  switch (kind) {
    case 'checkpoint': case 'key': case 'tile': return 'hashes';
    case 'bundle': return 'all-entries';
    case 'own': case 'entry': return 'own-entries';
  }
};

const contentOf = async (question: LogQuestion, reader: Reader, log: LogReadStore): Promise<LogContent | 'foreign' | null> => {
  const bytes = (kind: 'checkpoint' | 'tile' | 'bundle', found: Uint8Array | null): LogContent | null => (found === null ? null : { kind, bytes: found });
  switch (question.kind) {
    case 'key': return { kind: 'key', ...(await log.key()) };
    case 'checkpoint': return bytes('checkpoint', await log.checkpoint());
    case 'tile': return bytes('tile', await log.tile(question));
    case 'bundle': return bytes('bundle', await log.bundle(question.index, question.width));
    case 'own': return { kind: 'own', page: await log.own(scopeOf(reader), question) };
    case 'entry': {
      const entry = await log.entry(scopeOf(reader), question.id);
      return entry === null || entry === 'foreign' ? entry : { kind: 'entry', entry };
    }
  }
};

const scopeOf = ({ role, oin }: Reader): EntryScope => {
  if (role === 'auditor' || oin === null) throw new Error('bug: an auditor has no entries of its own');
  return { role, oin };
};

const countOf = (content: LogContent, question: LogQuestion): number => {
  if (content.kind === 'own') return content.page.entries.length;
  if (content.kind === 'entry') return 1;
  return question.kind === 'bundle' ? question.width : 0;
};

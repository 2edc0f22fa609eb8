import {
  claimedSource, inEvent, postedMarks, readEventMessage, readPosted, requestBytes, verifierSha256, verifyWebhook, within,
  type DocumentMediaType, type PostedMessage, type Problem, type RequestHeaders,
} from '@ketensluis/contract';
import { isActive, partyOf, takesTests, traceOf, type Party } from '@ketensluis/domain';
import { plainEntry } from './entry.js';
import type { AcceptedMail, IntakeStore } from './intake-ports.js';
import type { Clock, Ids, RegisterReader } from './ports.js';
import { understand, type Understood } from './understand.js';
import type { WebhookKeys } from './webhook-ports.js';

export interface ReceiveEventPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly intake: Pick<IntakeStore, 'saveAccepted' | 'recordRefusal'>;
  readonly keys: Pick<WebhookKeys, 'verifiers'>;
  /** Counts a message of this party; gives the seconds to wait, 0 when there is room. */
  readonly take: (oin: string) => number;
}

/** A message that came over HTTP: signed by whoever sent it, or brought by a caller that proved itself before. */
export type IncomingRequest =
  | { readonly way: 'webhook'; readonly path: string; readonly headers: RequestHeaders; readonly body: Uint8Array }
  | {
      readonly way: 'api'; readonly path: string; readonly body: Uint8Array; readonly mediaType: DocumentMediaType;
      /** The name the caller gave this request. */
      readonly key: string;
      readonly party: Party;
      /** Of its certificate or key, hexadecimal. */
      readonly proofSha256: string;
    }
  /** Written by somebody of the party, at the console. */
  | {
      readonly way: 'console'; readonly path: string; readonly body: Uint8Array; readonly mediaType: 'application/json'; readonly key: string; readonly party: Party;
      /** Of the account, hexadecimal; the account itself is kept with the message. */
      readonly proofSha256: string;
      readonly account: string;
    };

/**
 * `accepted`: stored under `id`, now or when it first came. `tested`: a test that fits, of which nothing is kept. `unproven`: nobody known to us sent it.
 * `busy`: the party sends more than is taken; nothing was looked into. `conflict`: its name was given to another request, or its message came before. `id` lets an operator find a refusal in the log.
 */
export type EventVerdict =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'tested' }
  | { readonly kind: 'unproven'; readonly id: string }
  | { readonly kind: 'invalid'; readonly id: string; readonly code: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'busy'; readonly waitSeconds: number }
  | { readonly kind: 'conflict'; readonly id: string };

/**
 * Takes in one message that came over HTTP. `accepted` means that message, request and queue row are durable (I5), and a repeat of the request gives the same id;
 * every refusal stands in the log (I3). Throws when the database cannot be reached: then nothing was decided.
 */
export const receiveEvent = async (request: IncomingRequest, ports: ReceiveEventPorts): Promise<EventVerdict> => {
  const at = ports.clock.now();
  const id = ports.ids.next(at);
  const recorded = async <V extends EventVerdict>(verdict: V, refusal: Refusal): Promise<V> => {
    const facts = { id, kind: 'refusal', trace: traceOf(id), at: at.toISOString(), from: refusal.from ?? undefined, code: refusal.code } as const;
    const detail = { sizeBytes: request.body.length, channel: request.way, problems: refusal.problems ?? [] };
    await ports.intake.recordRefusal({ ...plainEntry(facts, detail), reason: refusal.detail });
    return verdict;
  };
  const invalid = (from: string, { code, detail, problems }: Wrong) => recorded({ kind: 'invalid', id, code, problems }, { from, code, detail, problems });

  const proven = request.way === 'webhook' ? await webhookRequest(request, ports, at) : broughtRequest(request);
  if (proven.kind === 'unproven') return recorded({ kind: 'unproven', id }, { from: null, ...proven });
  const { party, posted } = proven;
  const waitSeconds = ports.take(party.oin);
  if (waitSeconds > 0) return { kind: 'busy', waitSeconds };
  if (posted.kind === 'test') return { kind: 'tested' };
  if (posted.kind === 'refused') return invalid(party.oin, posted);
  const wrong = (one: Problem): Problem => (request.way === 'webhook' ? inEvent(one) : one);
  const read = understandPosted(posted, party);
  if (read.kind === 'refused') return invalid(party.oin, { ...read, problems: read.problems.map(wrong) });

  const saved = await ports.intake.saveAccepted(acceptedOf(request, proven, { id, receivedAt: at, message: read.message, attachments: read.files }));
  if (saved.kind === 'repeated') return { kind: 'accepted', id: saved.id };
  if (saved.kind === 'replayed') return recorded({ kind: 'conflict', id }, { from: party.oin, code: 'replayed', detail: 'the name of this request or the id of this message was used before' });
  return { kind: 'accepted', id };
};

interface Refusal {
  readonly from: string | null;
  readonly code: string;
  readonly detail: string;
  readonly problems?: readonly Problem[];
}

interface Wrong {
  readonly code: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

interface Proven {
  readonly kind: 'proven';
  readonly party: Party;
  readonly key: string;
  readonly proofSha256: string;
  readonly posted: PostedMessage | { readonly kind: 'test' } | ({ readonly kind: 'refused' } & Wrong);
  /** What of the headers is kept beside the body. */
  readonly kept: Readonly<Record<string, string>>;
}

interface Unproven {
  readonly kind: 'unproven';
  readonly code: string;
  readonly detail: string;
}

const broughtRequest = (request: Exclude<IncomingRequest, { way: 'webhook' }>): Proven => {
  const { party, key, proofSha256, body, mediaType } = request;
  const kept = { 'content-type': mediaType, 'idempotency-key': key, ...(request.way === 'console' ? { account: encodeURIComponent(request.account) } : {}) };
  return { kind: 'proven', party, key, proofSha256, posted: readPosted(body, mediaType), kept };
};

/** Whom the signature proves. What the event says of its source only tells whose keys to try. */
const webhookRequest = async ({ headers, body }: Extract<IncomingRequest, { way: 'webhook' }>, ports: ReceiveEventPorts, at: Date): Promise<Proven | Unproven> => {
  const oin = claimedSource(body);
  // Asked together: both are known by one look.
  const [{ registers }, known] = await Promise.all([ports.registers.current(), oin === null ? [] : ports.keys.verifiers(oin, at)]);
  const party = oin === null ? null : partyOf(registers, oin);
  // Without a party there are no keys, and then the same checks refuse it in the same words.
  const keys = party === null || !takesTests(party, at) ? [] : known;
  const verdict = verifyWebhook(headers, body, keys, at);
  if (verdict.kind === 'refused') return { kind: 'unproven', code: verdict.code, detail: verdict.detail };
  const key = keys[verdict.key];
  if (party === null || key === undefined) throw new Error('bug: a signature without a key');
  const read = readEventMessage(body, verdict.id);
  if (read.kind !== 'refused' && read.source !== party.oin) return { kind: 'unproven', code: 'wrong-sender', detail: 'the event names another source than its signature proves' };
  // A party that is only trying out sends nothing about anybody.
  if (read.kind !== 'test' && !isActive(party, at)) return { kind: 'unproven', code: 'unknown-sender', detail: 'the party is not active' };
  const posted = read.kind === 'message' ? read.posted : read.kind === 'test' ? { kind: 'test' as const } : read;
  return { kind: 'proven', party, key: verdict.id, proofSha256: verifierSha256(key), posted, kept: signedHeaders(headers) };
};

const signedNames = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

const signedHeaders = (headers: RequestHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(signedNames.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])));

type UnderstoodPosted = Extract<Understood, { kind: 'read' }> | ({ readonly kind: 'refused' } & Wrong);

/** Everything that is wrong with it, together: how it is wrapped, the document, and whether the party may say so. */
const understandPosted = (posted: PostedMessage, party: Party): UnderstoodPosted => {
  const understood = understand(posted, { party, address: null });
  if (understood.kind === 'read' && posted.problems.length === 0) return understood;
  // A file that could not be read is no other file: its own problem says enough.
  const isFilesOnly = understood.kind === 'read' || (understood.code === 'attachments-differ' && posted.problems.length > 0);
  const found = isFilesOnly ? [] : (understood.problems ?? [problemOf(understood.code)]).map((one) => within(posted.place, one));
  const { code, detail } = isFilesOnly ? { code: 'invalid', detail: 'the message is not wrapped as it should be' } : understood;
  return { kind: 'refused', code, detail, problems: [...posted.problems, ...found] };
};

/** Where a refusal that is not about the contract has its place in the document, and what would do. */
const places: Readonly<Record<string, readonly [field: string, nl: string, en: string]>> = {
  'wrong-sender': ['afzender.oin', 'Geef het OIN van de partij die dit bericht verstuurt.', 'Give the OIN of the party that sends this message.'],
  'other-tenant': ['zaak.gemeente', 'Geef een gemeente waarvoor de partij werkt.', 'Give a municipality the party works for.'],
  'wrong-role': ['afzender.rol', 'Geef een rol die de partij heeft.', 'Give a role the party has.'],
  'wrong-function': ['afzender.functie', 'Verstuur namens deze functie vanaf haar eigen adres.', 'Send for this function from its own address.'],
  'attachments-differ': ['bijlagen', 'Stuur precies de bijlagen mee die het bericht noemt, met dezelfde naam, omvang en sha256.', 'Bring exactly the attachments the message names, with the same name, size and sha256.'],
};

const problemOf = (code: string): Problem => {
  const place = places[code];
  if (place === undefined) throw new Error(`bug: no words for the refusal ${code}`);
  const [field, nl, en] = place;
  return { field, rule: code, remedy: { nl, en } };
};

type Understanding = Pick<AcceptedMail, 'id' | 'receivedAt' | 'message' | 'attachments'>;

const acceptedOf = ({ way, path, body }: IncomingRequest, { party, key, proofSha256, kept }: Proven, understanding: Understanding): AcceptedMail => {
  const { bodySha256, requestSha256 } = postedMarks({ way, oin: party.oin, key, body });
  return {
    ...understanding, raw: requestBytes(path, kept, body), signatureSha256: requestSha256, signerSha256: proofSha256,
    posted: { way, key, bodySha256 },
  };
};

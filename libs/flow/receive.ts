import { readMessage, type ReadRefusal } from '@ketensluis/contract';
import { senderOf, type MessageBody, type Party } from '@ketensluis/domain';
import type { MailPart, OpenedMail } from '@ketensluis/mail';
import { plainEntry } from './entry.js';
import type { Clock, Ids, IntakeStore, MailOpener, RegisterReader } from './ports.js';

export interface ReceivePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly mail: MailOpener;
  readonly registers: RegisterReader;
  readonly intake: Pick<IntakeStore, 'saveAccepted' | 'recordRefusal'>;
}

/** What the other side may know: accepted under `id`, or refused; `id` lets an operator find the reason in the log. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly id: string }
  /** Nothing was decided; the same mail may be accepted later. */
  | { readonly kind: 'later'; readonly id: string };

/**
 * Takes in one mail. `accepted` means message and queue row are durable (I5); `refused` means a refusal stands in the log (I3).
 * Throws when the database cannot be reached: then nothing was decided and the sender keeps the mail.
 */
export const receive = async (raw: Uint8Array, ports: ReceivePorts): Promise<Verdict> => {
  const at = ports.clock.now();
  const id = ports.ids.next(at);
  const refused = async (refusal: IntakeRefusal): Promise<Verdict> => {
    const facts = { id, kind: 'refusal', at: at.toISOString(), from: refusal.from ?? undefined, code: refusal.code } as const;
    const detail = { sizeBytes: raw.length, problems: refusal.problems ?? [] };
    await ports.intake.recordRefusal({ ...plainEntry(facts, detail), reason: refusal.detail });
    return { kind: 'refused', id };
  };

  const opened = await ports.mail.open(raw, at);
  // Our revocation lists are stale: that is our fault and not the sender's, who keeps the mail meanwhile.
  if (opened.kind === 'refused' && opened.code === 'revocation-unknown') return { kind: 'later', id };
  if (opened.kind === 'refused') return refused({ from: null, code: opened.code, detail: opened.detail });
  const { registers } = await ports.registers.current();
  const party = senderOf(registers, opened.from, at);
  if (party === null) return refused({ from: null, code: 'unknown-sender', detail: 'no active party has this address' });
  const read = understand(opened, party);
  if (read.kind === 'refused') return refused({ ...read, from: party.oin });

  const saved = await ports.intake.saveAccepted({
    id,
    receivedAt: at,
    raw,
    message: read.message,
    attachments: read.files,
    signatureSha256: opened.signatureSha256,
    signerSha256: opened.signer.sha256,
  });
  // Our 250 may have been lost on the way: a mail system then sends the same bytes again, and must not bounce what was stored.
  if (saved.kind === 'repeated') return { kind: 'accepted', id: saved.id };
  if (saved.kind === 'replayed') return refused({ from: party.oin, code: 'replayed', detail: 'this signature or message id was accepted before' });
  return { kind: 'accepted', id };
};

interface IntakeRefusal {
  readonly from: string | null;
  readonly code: string;
  readonly detail: string;
  readonly problems?: ReadRefusal['problems'];
}

type Understood =
  | { readonly kind: 'read'; readonly message: MessageBody; readonly files: readonly Uint8Array[] }
  | ({ readonly kind: 'refused' } & Omit<IntakeRefusal, 'from'>);

const documentTypes = ['application/xml', 'text/xml', 'application/json'];

/** The one document in the mail, its sender held against the proven one, its attachments held against their hashes. */
const understand = (mail: OpenedMail, party: Party): Understood => {
  const [document, ...more] = mail.parts.filter((part) => documentTypes.includes(part.contentType));
  if (document === undefined || more.length > 0) return no('no-document', 'a mail holds exactly one XML or JSON document');
  const read = readMessage(document.content, document.contentType === 'application/json' ? 'application/json' : 'application/xml');
  if (read.kind === 'refused') return { kind: 'refused', code: read.code, detail: read.detail, problems: read.problems };
  const { message } = read;
  if (message.sender.oin !== party.oin) return no('wrong-sender', 'the document names another organisation than the signature proves');
  // Before anything is kept: a party from elsewhere opens no case here and adds to none (I10).
  if (!party.serves.includes(message.case.municipality)) return no('other-tenant', 'the party does not work for the municipality of the case');
  if (!party.roles.includes(message.sender.role)) return no('wrong-role', 'the party does not hold the role the document names');
  if (!speaksFor(party, mail.from, message.sender)) return no('wrong-function', 'the address that signed is not that of the function the document names');
  return withFiles(message, mail.parts.filter((part) => part !== document && !isLetter(part)));
};

// A mandate is given to a function (Wth art. 3(1)): whoever claims one must sign from an address of it.
const speaksFor = (party: Party, from: string, sender: MessageBody['sender']): boolean => {
  const post = party.functions.find(({ addresses }) => addresses.includes(from.toLowerCase()));
  if (post !== undefined) return sender.function === post.code && sender.role === post.role;
  return party.functions.every(({ code, addresses }) => code !== sender.function || addresses.length === 0);
};

/** The readable text around the document; it is not forwarded, so it need not be understood. */
const isLetter = (part: MailPart): boolean => part.name === null && part.contentType.startsWith('text/');

/** Exactly the files the document names, with the hashes it names: nothing unannounced goes along. */
const withFiles = (message: MessageBody, parts: readonly MailPart[]): Understood => {
  const files = message.attachments.map((attachment) =>
    parts.find((part) => part.name === attachment.name && part.sha256 === attachment.sha256 && part.content.length === attachment.sizeBytes),
  );
  if (files.length !== parts.length || new Set(files).size !== files.length || files.includes(undefined)) {
    return no('attachments-differ', 'the attachments are not exactly those the document names');
  }
  return { kind: 'read', message, files: files.flatMap((part) => (part === undefined ? [] : [part.content])) };
};

const no = (code: string, detail: string): Understood => ({ kind: 'refused', code, detail });

import type { ReadRefusal } from '@ketensluis/contract';
import { maySign, senderOf, traceOf } from '@ketensluis/domain';
import type { MailPart, OpenedMail } from '@ketensluis/mail';
import { answerTo, type SignReceipt } from './answer.js';
import { plainEntry } from './entry.js';
import type { IntakeStore } from './intake-ports.js';
import type { Clock, Ids, MailOpener, RegisterReader } from './ports.js';
import { understand, type Brought } from './understand.js';

export interface ReceivePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly mail: MailOpener;
  readonly registers: RegisterReader;
  readonly intake: Pick<IntakeStore, 'saveAccepted' | 'recordRefusal'>;
  /** The hub's own address: with it a sender that asks is told that its message was processed. */
  readonly address?: string;
  /** Signs the receipt a sender may ask for; absent: none is given. */
  readonly signReceipt?: SignReceipt;
}

/** What the other side may know: accepted under `id`, or refused; `id` lets an operator find the reason in the log. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly id: string }
  /** Nothing was decided; the same mail may be accepted later. */
  | { readonly kind: 'later'; readonly id: string };

/**
 * Takes in one mail, whose bytes are the flow's from then on. `accepted` means message and queue row are durable (I5); `refused` means a refusal stands in the log (I3).
 * Throws when the database cannot be reached: then nothing was decided and the sender keeps the mail.
 */
export const receive = async (raw: Uint8Array, ports: ReceivePorts): Promise<Verdict> => {
  const at = ports.clock.now();
  const id = ports.ids.next(at);
  const sizeBytes = raw.length;
  const refused = async (refusal: IntakeRefusal): Promise<Verdict> => {
    const facts = { id, kind: 'refusal', trace: traceOf(id), at: at.toISOString(), from: refusal.from ?? undefined, code: refusal.code } as const;
    const detail = { sizeBytes, problems: refusal.problems ?? [] };
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
  // The address is proven, and yet not by a certificate the party named: whoever got one issued for it is still nobody.
  if (!maySign(party, opened.from, opened.signer.sha256)) return refused({ from: null, code: 'unknown-certificate', detail: 'the party names its certificates, and not this one' });
  const brought = broughtBy(opened);
  if (brought === null) return refused({ from: party.oin, code: 'no-document', detail: 'a mail holds exactly one XML or JSON document' });
  const read = understand(brought, { party, address: opened.from });
  if (read.kind === 'refused') return refused({ ...read, from: party.oin });

  const saved = await ports.intake.saveAccepted({
    id,
    receivedAt: at,
    raw: opened.raw,
    message: read.message,
    attachments: read.files,
    signatureSha256: opened.signatureSha256,
    signerSha256: opened.signer.sha256,
    evidence: opened.evidence,
    ...answerTo(opened, { id, at, address: ports.address ?? null, sign: ports.signReceipt ?? null }),
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

const documentTypes = ['application/xml', 'text/xml', 'application/json'];

/** What the mail brings: its one document, and the files beside it. */
const broughtBy = (mail: OpenedMail): Brought | null => {
  const [document, ...more] = mail.parts.filter((part) => documentTypes.includes(part.contentType));
  if (document === undefined || more.length > 0) return null;
  return {
    document: document.content,
    mediaType: document.contentType === 'application/json' ? 'application/json' : 'application/xml',
    files: mail.parts.filter((part) => part !== document && !isLetter(part)),
  };
};

/** The readable text around the document; it is not forwarded, so it need not be understood. */
const isLetter = (part: MailPart): boolean => part.name === null && part.contentType.startsWith('text/');

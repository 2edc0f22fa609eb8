import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter, TransportEvidence } from '@ketensluis/flow';
import type { KeyPair, MailRefusal, SealInput } from '@ketensluis/mail';
import type { SmtpTarget } from './connection.js';
import { letterOf, type Letter } from './letter.js';
import { type SmtpLimits, smtpLimits } from './limits.js';
import { outcomeOf } from './outcome.js';
import { smtpPool } from './pool.js';

/** What the adapter needs to reach one party by secure mail. */
export interface SmimeMailOptions {
  readonly target: SmtpTarget & {
    /** The functional mailbox of the party. */
    readonly address: string;
    /** DER; null when the party has none now (I12). */
    readonly encryptionCertificate: Uint8Array | null;
  };
  /** The hub's address: header and envelope sender. Its domain is the right half of the Message-ID. */
  readonly from: string;
  readonly signer: KeyPair;
  /** DER; the certificate answers are to be encrypted to. */
  readonly encryptionCertificate?: Uint8Array;
  /** Signs and encrypts; the mail pool or `sealMail`. Throws only for faults of ours. */
  readonly seal: (input: SealInput) => Promise<Uint8Array>;
  /** Whether mail to this address may be encrypted to this certificate at this moment (I12). */
  readonly checkRecipient: (certificate: Uint8Array, context: { readonly address: string; readonly at: Date }) => { readonly kind: 'usable' } | MailRefusal;
  /** The readable part; `letterOf` unless a test says otherwise. Its subject holds identifiers only (I13). */
  readonly letter?: (disclosure: OutgoingDisclosure) => Letter;
  readonly limits?: Partial<SmtpLimits>;
}

/** Delivers by S/MIME over SMTP with TLS. A repeat carries the same Message-ID `<disclosure id@hub domain>`, so the receiver can drop it. */
export function smimeMailAdapter(options: SmimeMailOptions): PartyAdapter {
  const domain = options.from.slice(options.from.lastIndexOf('@') + 1);
  const pool = smtpPool(options.target, domain, { ...smtpLimits, ...options.limits });
  let closed = false;
  return {
    deliver: async (disclosure, at) => {
      const evidence = startEvidence(options.target, at);
      if (closed) return { kind: 'deferred', cause: 'adapter-closed', code: null, text: 'the adapter is closed', evidence: evidence(null) };
      const certificate = options.target.encryptionCertificate;
      if (certificate === null) return { kind: 'unusable', code: 'no-certificate', detail: 'the party has no certificate', evidence: null };
      const checked = options.checkRecipient(certificate, { address: options.target.address, at });
      if (checked.kind === 'refused') return unusable(checked);
      const raw = await options.seal(sealInput({ options, disclosure, certificate, domain, at }));
      const sending = await pool.send({ from: options.from, to: options.target.address, raw });
      return outcomeOf(sending.transmission, evidence(sending));
    },
    close: async () => {
      closed = true;
      await pool.close();
    },
  };
}

function unusable(refusal: MailRefusal): DeliveryOutcome {
  return { kind: 'unusable', code: 'certificate-unusable', detail: `${refusal.code}: ${refusal.detail}`, evidence: null };
}

interface Sealing {
  readonly options: SmimeMailOptions;
  readonly disclosure: OutgoingDisclosure;
  readonly certificate: Uint8Array;
  readonly domain: string;
  readonly at: Date;
}

function sealInput({ options, disclosure, certificate, domain, at }: Sealing): SealInput {
  const document = { name: documentName(disclosure.mediaType), contentType: disclosure.mediaType, content: disclosure.document };
  const { subject, body } = (options.letter ?? letterOf)(disclosure);
  return {
    from: options.from,
    to: options.target.address,
    subject,
    messageId: `<${disclosure.id}@${domain}>`,
    date: at,
    text: body,
    attachments: [document, ...disclosure.attachments],
    signer: options.signer,
    recipientCertificate: certificate,
    ...(options.encryptionCertificate === undefined ? {} : { encryptionCertificate: options.encryptionCertificate }),
  };
}

function documentName(mediaType: string): string {
  return mediaType === 'application/json' ? 'verstrekking.json' : 'verstrekking.xml';
}

type Sent = Awaited<ReturnType<ReturnType<typeof smtpPool>['send']>>;

/** Starts to measure one try; time is measured, the moment is given (I11). */
function startEvidence(target: SmtpTarget, startedAt: Date): (sent: Sent | null) => TransportEvidence {
  const begun = performance.now();
  return (sent) => ({
    host: target.host,
    port: target.port,
    remoteAddress: sent?.remoteAddress ?? null,
    tls: sent?.secure ?? null,
    reply: sent === null ? null : replyText(sent.transmission),
    startedAt,
    durationMs: Math.round(performance.now() - begun),
  });
}

function replyText(transmission: Sent['transmission']): string | null {
  const reply = transmission.kind === 'answered' ? transmission : transmission.failure.reply;
  return reply === null ? null : `${reply.code} ${reply.text}`;
}

import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter } from '@ketensluis/flow';
import type { KeptSignature, KeyPair, MailRefusal, SealInput } from '@ketensluis/mail';
import { routedCarrier, type RouteParts } from '../mail-route/carrier.js';
import { fixedCarrier, type Carrier } from '../smtp/carrier.js';
import type { SmtpTarget } from '../smtp/connection.js';
import { disclosureMail, proofMail, testMail, type MailContents } from '../smtp/contents.js';
import type { MailSign } from '../smtp/dkim.js';
import { letterOf, type Letter } from '../smtp/letter.js';
import { type SmtpLimits, smtpLimits } from '../smtp/limits.js';
import { asksOf, type MailAsks, type ReceiptsAsked } from '../smtp/receipts.js';
import { underWay } from '../smtp/under-way.js';

/** What the adapter needs to reach one party by secure mail. */
export interface SmimeMailOptions {
  readonly target: (SmtpTarget | { readonly route: RouteParts }) & {
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
  /** The same for a mail that asks for a signed receipt (RFC 2634), with what that must repeat; absent: none is asked for. */
  readonly sealKept?: (input: SealInput) => Promise<{ readonly raw: Uint8Array; readonly kept: KeptSignature }>;
  /** Whether mail to this address may be encrypted to this certificate at this moment (I12). */
  readonly checkRecipient: (certificate: Uint8Array, context: { readonly address: string; readonly at: Date }) => { readonly kind: 'usable' } | MailRefusal;
  /** The readable part; `letterOf` unless a test says otherwise. Its subject holds identifiers only (I13). */
  readonly letter?: (disclosure: OutgoingDisclosure) => Letter;
  readonly limits?: Partial<SmtpLimits>;
  /** What is asked for beside the answer of the mail server; nothing when absent. */
  readonly receipts?: ReceiptsAsked;
  /** Signs what is sealed, as the mail of our domain (DKIM); absent: it goes as it is. */
  readonly sign?: MailSign;
}

/** Delivers by S/MIME over SMTP with TLS. A repeat carries the same Message-ID `<disclosure id@hub domain>`, so the receiver can drop it. */
export function smimeMailAdapter(options: SmimeMailOptions): PartyAdapter {
  const domain = options.from.slice(options.from.lastIndexOf('@') + 1);
  const carrier = carrierOf(options, domain);
  const tries = underWay();
  let closed = false;
  const bring = async (at: Date, contents: (domain: string) => MailContents, asked: MailAsks & { readonly isDisclosure?: boolean } = {}): Promise<DeliveryOutcome> => {
    if (closed) return carrier.closed(at);
    const certificate = options.target.encryptionCertificate;
    if (certificate === null) return { kind: 'unusable', code: 'no-certificate', detail: 'the party has no certificate', evidence: null };
    const checked = options.checkRecipient(certificate, { address: options.target.address, at });
    if (checked.kind === 'refused') return notSent(checked, options.target.address, at);
    const { notifyTo, envelopeId } = asked;
    const input = { ...envelope(options, certificate), date: at, ...contents(domain), ...(notifyTo === undefined ? {} : { notifyTo }) };
    const wantsReceipt = asked.isDisclosure === true && options.sealKept !== undefined;
    const { raw: sealed, kept } = wantsReceipt ? await options.sealKept({ ...input, receiptTo: options.from }) : { raw: await options.seal(input), kept: null };
    const raw = options.sign === undefined ? sealed : await options.sign(sealed);
    const mail = { from: options.from, to: options.target.address, raw, at, ...(envelopeId === undefined ? {} : { envelopeId }) };
    const outcome = await carrier.send(mail, [...(notifyTo === undefined ? [] : ['mdn' as const]), ...(kept === null ? [] : ['signed' as const])]);
    return kept === null ? outcome : withKept(outcome, kept);
  };
  const tell = async ({ raw, to }: { readonly raw: Uint8Array; readonly to: string }, at: Date): Promise<DeliveryOutcome> =>
    carrier.send({ from: '', to, raw: options.sign === undefined ? raw : await options.sign(raw), at }, []);
  return {
    deliver: (disclosure, at) => tries.track(bring(at, (host) => disclosureMail(disclosure, host, options.letter ?? letterOf), { ...asksOf(options.receipts, options.from, disclosure), isDisclosure: true })),
    prove: (proof, at) => tries.track(bring(at, (host) => proofMail(proof, host))),
    test: (id, at) => tries.track(bring(at, (host) => testMail(id, host))),
    report: (mail, at) => tries.track(tell(mail, at)),
    close: async () => {
      closed = true;
      await tries.settled();
      await carrier.close();
    },
  };
}

/** Kept with the try, whatever became of it: a receipt may come where an answer did not. */
function withKept(outcome: DeliveryOutcome, kept: KeptSignature): DeliveryOutcome {
  switch (outcome.kind) {
    case 'delivered':
      return { ...outcome, receipt: { ...outcome.receipt, evidence: { ...outcome.receipt.evidence, kept } } };
    case 'unknown':
      return { ...outcome, evidence: { ...outcome.evidence, kept } };
    case 'announced':
    case 'deferred':
    case 'rejected':
    case 'unusable':
      return outcome;
  }
}

/** To the server the party named, or by the way its mail domain publishes; the mail is sealed either way. */
function carrierOf({ target, limits }: SmimeMailOptions, heloName: string): Carrier {
  const bounds = { ...smtpLimits, ...limits };
  if (!('route' in target)) return fixedCarrier(target, heloName, bounds);
  const domain = target.address.slice(target.address.lastIndexOf('@') + 1);
  return routedCarrier({ domain, protection: 'smime', parts: target.route, heloName, limits: bounds });
}

/** Nobody was called. A missing answer may be there in an hour; anything else waits for a person. */
function notSent(refusal: MailRefusal, address: string, at: Date): DeliveryOutcome {
  if (refusal.code !== 'revocation-unknown') return { kind: 'unusable', code: 'certificate-unusable', detail: `${refusal.code}: ${refusal.detail}`, evidence: null };
  const host = address.slice(address.lastIndexOf('@') + 1);
  const evidence = { host, port: 25, remoteAddress: null, tls: null, reply: null, startedAt: at, durationMs: 0 };
  return { kind: 'deferred', cause: 'revocation-unknown', code: null, text: 'nobody says now whether the certificate of the party was revoked', evidence };
}

function envelope(options: SmimeMailOptions, recipientCertificate: Uint8Array): Omit<SealInput, keyof MailContents | 'date'> {
  const { from, target, signer, encryptionCertificate } = options;
  return { from, to: target.address, signer, recipientCertificate, ...(encryptionCertificate === undefined ? {} : { encryptionCertificate }) };
}

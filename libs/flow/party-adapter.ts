import type { DisclosureDocument, JsonValue } from '@ketensluis/contract';
import type { MailReceipt, RouteEvidence } from '@ketensluis/domain';
import type { KeptSignature } from '@ketensluis/mail';
import type { DisclosureProof } from '@ketensluis/tlog';

/** One permitted, recorded and sealed disclosure on its way to one party. */
export interface OutgoingDisclosure {
  /** The same on every try, so that the receiver can recognise a repeat. */
  readonly id: string;
  readonly caseId: string;
  /** Number of this try, from 1; absent where there is no more than one. */
  readonly attempt?: number;
  /** Counts the disclosures about this case to this recipient, from 1; a gap shows the recipient that one is missing. */
  readonly number: number;
  readonly messageType: string;
  /** The disclosure document, exactly the bytes the log committed to. */
  readonly document: Uint8Array;
  readonly mediaType: string;
  /** What the document says, where it was read already: reading its XML costs more than sealing it. */
  readonly content?: DisclosureDocument;
  readonly attachments: readonly OutgoingAttachment[];
  /** The rule lets the whole of it stand in the body of a webhook; without, a webhook only says that there is something to fetch. */
  readonly mayGoWhole?: boolean;
  /** The rule lets it go by enforced TLS alone, where the channel allows that too; without, such a channel has no way for it but NTA 7516. */
  readonly mayGoByTls?: boolean;
  /** Proves that this very document was in the log before it left. A repeat may carry a newer one. */
  readonly proof: DisclosureProof;
}

/** A file that belongs to the disclosure; its sha256 (hexadecimal) stands in the document. */
export interface OutgoingAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** What the transport can prove about one try. Holds no content and no address of a person. */
export interface TransportEvidence {
  readonly host: string;
  readonly port: number;
  readonly remoteAddress: string | null;
  /** Null: the try ended before the connection was encrypted and checked; then nothing of the disclosure was sent. */
  readonly tls: {
    readonly version: string;
    readonly cipher: string;
    /** Hex sha256 of the DER certificate the peer showed. */
    readonly peerCertificateSha256: string;
  } | null;
  /** Last reply of the peer: at most 500 characters, no control characters. */
  readonly reply: string | null;
  readonly startedAt: Date;
  readonly durationMs: number;
  /** The receipts that were asked for; a status notification only where the peer offers them. */
  readonly asked?: readonly MailReceipt[];
  /** Of a mail that asks for a signed receipt: what that must repeat. */
  readonly kept?: KeptSignature;
  /** By which facts the way was chosen, where it was looked up. */
  readonly route?: RouteEvidence;
  /** What the peer was told as its `traceparent`: made for this try alone. Absent where nobody traces. */
  readonly traceparent?: string;
}

/** Why a try did not get as far as a final answer; nothing was taken over by the peer. */
export type DeferralCause =
  | 'peer-busy'
  /** A webhook whose signature the party does not believe now: its keys or one of the clocks are not right, and nothing of this disclosure was looked into. */
  | 'not-believed'
  | 'connection-refused'
  | 'connection-lost'
  | 'timeout'
  | 'host-not-found'
  | 'protocol-error'
  /** What a safe route must be judged by could not be had: nothing is sent meanwhile (NTA 7516 §6.1.2 note 2). */
  | 'route-unknown'
  /** Whether the certificate of the party was revoked cannot be told now. */
  | 'revocation-unknown'
  | 'adapter-closed';

/** Why a channel must not be used now (I12). The transport codes are those of RFC 8460 §4.3. */
export type UnusableCode =
  | 'no-certificate'
  | 'no-longer-permitted'
  | 'not-as-logged'
  | 'certificate-unusable'
  /** The hub has no key to sign a webhook with, or the party none that is in force. */
  | 'no-key'
  /** The rule does not let this disclosure travel in the form the channel asks for. */
  | 'form-not-permitted'
  /** The endpoint said that it is gone for good (410), or an operator switched it off. */
  | 'endpoint-disabled'
  /** The address lies in a network the hub may not be led into. */
  | 'address-not-allowed'
  /** No way to this mail domain is protected enough. */
  | 'no-safe-route'
  | 'tlsa-invalid'
  | 'dnssec-invalid'
  | 'dane-required'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid'
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure';

/** How one try ended. Every kind asks for another next step, so a caller must handle each. */
export type DeliveryOutcome =
  /** The peer took the disclosure over; `code` is its positive reply. */
  | { readonly kind: 'delivered'; readonly receipt: { readonly code: number; readonly text: string; readonly evidence: TransportEvidence } }
  /** The peer knows that there is something to fetch and has none of it yet; `receipt` is null where nobody was called, as for a feed. */
  | { readonly kind: 'announced'; readonly receipt: { readonly code: number; readonly text: string; readonly evidence: TransportEvidence } | null }
  /** Not taken over, another try makes sense, `notBefore` where the peer said when. `code` is null when the peer gave no reply. */
  | {
      readonly kind: 'deferred'; readonly cause: DeferralCause; readonly code: number | null; readonly text: string; readonly evidence: TransportEvidence;
      readonly notBefore?: Date;
    }
  /** Refused for good by the peer (5xx): another try gives the same answer. */
  | { readonly kind: 'rejected'; readonly code: number; readonly text: string; readonly evidence: TransportEvidence }
  /** Everything was sent and no answer came: it may have arrived. Try again with the same id. */
  | { readonly kind: 'unknown'; readonly cause: 'connection-lost' | 'timeout'; readonly text: string; readonly evidence: TransportEvidence }
  /** Sending would break the floor of this channel (I12): hold and a task. Nothing was sent. */
  | { readonly kind: 'unusable'; readonly code: UnusableCode; readonly detail: string; readonly evidence: TransportEvidence | null };

/** What the transport could prove of a try; null when there was none. */
export const evidenceOf = (outcome: DeliveryOutcome): TransportEvidence | null =>
  outcome.kind === 'delivered' || outcome.kind === 'announced' ? (outcome.receipt?.evidence ?? null) : outcome.evidence;

/** The proof of a disclosure that left before a quorum had cosigned, without its content. */
export interface LaterProof {
  /** Of the disclosure. */
  readonly id: string;
  readonly caseId: string;
  readonly number: number;
  readonly proof: DisclosureProof;
}

/** What a test may carry beside that it is one, and who hears what goes out. */
export interface TestTrial {
  /** An invented disclosure of this type; null sends a bare test. Mail carries none. */
  readonly example: { readonly type: string; readonly document: JsonValue } | null;
  /** Told the request before it leaves, where the channel is one. A signature stands in it and no secret. */
  readonly told: (request: SentRequest) => void;
}

/** One request as it goes out. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * One channel to one party. A try never throws for anything the peer, the network or a certificate does; it throws only for
 * faults of our own. A repeat carries the same id. Nothing leaves in clear.
 */
export interface PartyAdapter {
  /** Makes one bounded try, which may use the bytes of the attachments up; `at` is the moment certificates are judged by and the date of the mail. */
  readonly deliver: (disclosure: OutgoingDisclosure, at: Date) => Promise<DeliveryOutcome>;
  /** Brings the proof that is owed since the disclosure left uncosigned; the same promises, and its own id, which follows from that of the disclosure. */
  readonly prove: (proof: LaterProof, at: Date) => Promise<DeliveryOutcome>;
  /** Brings a test that is about nobody, under an id of its own; absent where nobody is called. The same promises. */
  readonly test?: (id: string, at: Date, trial?: TestTrial) => Promise<DeliveryOutcome>;
  /** Brings a mail from nobody that says what became of a mail of theirs; absent where the channel is no mail. The same promises. */
  readonly report?: (mail: { readonly raw: Uint8Array; readonly to: string }, at: Date) => Promise<DeliveryOutcome>;
  /** Waits for running tries, then closes what is open; a later `deliver` is deferred with `adapter-closed`. */
  readonly close: () => Promise<void>;
}

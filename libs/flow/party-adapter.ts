import type { DisclosureDocument } from '@ketensluis/contract';

/** One permitted, recorded and sealed disclosure on its way to one party. */
export interface OutgoingDisclosure {
  /** The same on every try, so that the receiver can recognise a repeat. */
  readonly id: string;
  readonly caseId: string;
  /** Counts the disclosures about this case to this recipient, from 1; a gap shows the recipient that one is missing. */
  readonly number: number;
  readonly messageType: string;
  /** The disclosure document, exactly the bytes the log committed to. */
  readonly document: Uint8Array;
  readonly mediaType: string;
  /** What the document says, where it was read already: reading its XML costs more than sealing it. */
  readonly content?: DisclosureDocument;
  readonly attachments: readonly OutgoingAttachment[];
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
}

/** Why a try did not get as far as a final answer; nothing was taken over by the peer. */
export type DeferralCause =
  | 'peer-busy'
  | 'connection-refused'
  | 'connection-lost'
  | 'timeout'
  | 'host-not-found'
  | 'protocol-error'
  | 'adapter-closed';

/** Why a channel must not be used now (I12). The transport codes are those of RFC 8460 §4.3. */
export type UnusableCode =
  | 'no-certificate'
  | 'no-longer-permitted'
  | 'not-as-logged'
  | 'certificate-unusable'
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure';

/** How one try ended. Every kind asks for another next step, so a caller must handle each. */
export type DeliveryOutcome =
  /** The peer took the disclosure over; `code` is its positive reply. */
  | { readonly kind: 'delivered'; readonly receipt: { readonly code: number; readonly text: string; readonly evidence: TransportEvidence } }
  /** Not taken over, another try makes sense. `code` is null when the peer gave no reply. */
  | { readonly kind: 'deferred'; readonly cause: DeferralCause; readonly code: number | null; readonly text: string; readonly evidence: TransportEvidence }
  /** Refused for good by the peer (5xx): another try gives the same answer. */
  | { readonly kind: 'rejected'; readonly code: number; readonly text: string; readonly evidence: TransportEvidence }
  /** Everything was sent and no answer came: it may have arrived. Try again with the same id. */
  | { readonly kind: 'unknown'; readonly cause: 'connection-lost' | 'timeout'; readonly text: string; readonly evidence: TransportEvidence }
  /** Sending would break the floor of this channel (I12): hold and a task. Nothing was sent. */
  | { readonly kind: 'unusable'; readonly code: UnusableCode; readonly detail: string; readonly evidence: TransportEvidence | null };

/**
 * One channel to one party. A try never throws for anything the peer, the network or a certificate does; it throws only for
 * faults of our own. A repeat carries the same id. Nothing leaves in clear.
 */
export interface PartyAdapter {
  /** Makes one bounded try; `at` is the moment certificates are judged by and the date of the mail. */
  readonly deliver: (disclosure: OutgoingDisclosure, at: Date) => Promise<DeliveryOutcome>;
  /** Waits for running tries, then closes what is open; a later `deliver` is deferred with `adapter-closed`. */
  readonly close: () => Promise<void>;
}

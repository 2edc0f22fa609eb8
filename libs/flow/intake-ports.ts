import type { MessageBody } from '@ketensluis/domain';
import type { PathEvidence } from '@ketensluis/mail';
import type { EntryDraft } from './entry.js';
import type { MailVerdict } from './report-ports.js';

/** A mail that was proven and understood, ready to be kept. */
export interface AcceptedMail {
  readonly id: string;
  readonly receivedAt: Date;
  readonly raw: Uint8Array;
  readonly message: MessageBody;
  /** Content of the attachments, in the order the message names them. */
  readonly attachments: readonly Uint8Array[];
  readonly signatureSha256: string;
  readonly signerSha256: string;
  /** What its signature was believed by; absent for what did not come by mail. */
  readonly evidence?: PathEvidence;
  /** What its sender asked to be told, as a mail that is ready to go; kept with the message, so that it is sent for what was stored and for nothing else. */
  readonly answer?: { readonly kind: 'mdn' | 'signed'; readonly to: string; readonly mail: Uint8Array };
  /** Set for what did not come by mail. */
  readonly posted?: PostedRequest;
}

/** A request over HTTP, or a form of the console, by the name its sender gave it: the same name with the same bytes is a repeat. */
export interface PostedRequest {
  readonly way: 'webhook' | 'api' | 'console';
  readonly key: string;
  readonly bodySha256: string;
}

/**
 * `saved`: message, raw mail and queue row are durable (I5). `repeated`: this very mail was saved under `id`, and its sender may not have had
 * our answer. `replayed`: this signature or sender id was accepted and answered before. Of a posted message `repeated` is told as long as its request is
 * remembered, and `replayed` also when the same request name came with other bytes.
 */
export type Saved = { readonly kind: 'saved' } | { readonly kind: 'repeated'; readonly id: string } | { readonly kind: 'replayed' };

/** Keeps what came in. */
export interface IntakeStore {
  /** Nothing is written unless it is `saved`. */
  readonly saveAccepted: (mail: AcceptedMail) => Promise<Saved>;
  /** The sender of these messages has had its 250: from now on the same mail is a replay. */
  readonly confirmAnswered: (ids: readonly string[]) => Promise<void>;
  /** What DNS says of who brought an accepted mail; kept with it, and nothing hangs on it. */
  readonly keepVerdict: (messageId: string, verdict: MailVerdict) => Promise<void>;
  /** The refusal is a durable log entry (I3). */
  readonly recordRefusal: (entry: EntryDraft) => Promise<void>;
}

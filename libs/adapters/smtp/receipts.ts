import type { OutgoingDisclosure } from '@ketensluis/flow';

/** The receipts a party is asked for beside the answer of its mail server. */
export interface ReceiptsAsked {
  readonly mdn: boolean;
  /** The id of a try on the envelope; null where no status notification is wanted. */
  readonly envelopeId: ((id: string, attempt: number) => string) | null;
}

/** What one mail asks for. */
export interface MailAsks {
  readonly notifyTo?: string;
  readonly envelopeId?: string;
}

/** What the mail of this try asks for: nothing where nothing is wanted. `from` is where answers go. */
export function asksOf(receipts: ReceiptsAsked | undefined, from: string, { id, attempt = 1 }: Pick<OutgoingDisclosure, 'id' | 'attempt'>): MailAsks {
  if (receipts === undefined) return {};
  const { mdn, envelopeId } = receipts;
  return { ...(mdn ? { notifyTo: from } : {}), ...(envelopeId === null ? {} : { envelopeId: envelopeId(id, attempt) }) };
}

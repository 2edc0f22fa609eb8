import { createHmac, timingSafeEqual } from 'node:crypto';

/** One try to deliver, as its transaction names it. */
export interface EnvelopeId {
  readonly id: string;
  readonly attempt: number;
}

const macLength = 24;

const macOf = (secret: Uint8Array, id: string, attempt: number): string =>
  createHmac('sha256', secret).update(`ketensluis/envid/v1\0${id}\0${attempt}`).digest('hex').slice(0, macLength);

/**
 * The ENVID of a try (RFC 3461 §4.4): its id, and a code only the hub can make. The Message-ID of a disclosure is known to its reader and to whoever may
 * look into the log; this goes to mail systems on the way only, so that nobody else can write a report about the try.
 */
export const writeEnvelopeId = (secret: Uint8Array, { id, attempt }: EnvelopeId): string => `${id}.${attempt}.${macOf(secret, id, attempt)}`;

/** The try that an ENVID of ours names; null for anything else, however it was come by. */
export const readEnvelopeId = (secret: Uint8Array, text: string): EnvelopeId | null => {
  const [, id, number, mac] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,5})\.([0-9a-f]{24})$/.exec(text) ?? [];
  if (id === undefined || number === undefined || mac === undefined) return null;
  const expected = macOf(secret, id, Number(number));
  return timingSafeEqual(Buffer.from(mac), Buffer.from(expected)) ? { id, attempt: Number(number) } : null;
};

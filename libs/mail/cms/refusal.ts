import { Asn1Error } from '../asn1/der.js';

/** Every reason for which a CMS message is refused; closed, so that a caller's switch stays complete. */
const cmsRefusalCodes = [
  'malformed', // not CMS, or CMS that RFC 5652 does not allow
  'wrong-content-type', // another kind of CMS content than was asked for
  'too-large', // more signers, certificates or recipients than `cmsLimits`
  'no-signer', // SignedData that nobody signed
  'unknown-signer', // the signer's certificate is not in the message
  'algorithm', // below the minimums of `algorithms.ts`
  'attributes', // attributes that are missing, double, not DER or contradict the message
  'content', // no content, or content both inside and beside the message
  'digest', // the content is not what was signed
  'signature', // the signature does not fit the signer's key
  'not-for-us', // none of our keys is among the recipients
  'cannot-open', // key, padding or tag: deliberately one answer
] as const;
export type CmsRefusalCode = (typeof cmsRefusalCodes)[number];

/** A CMS message that is not accepted. `detail` is for our own log and holds nothing of the content. */
export interface CmsRefusal {
  readonly kind: 'refused';
  readonly code: CmsRefusalCode;
  readonly detail: string;
}

/** Most that one message may hold; a sender who needs more is asked to split it. */
export const cmsLimits = { signersMax: 8, certificatesMax: 32, recipientsMax: 500, attributesMax: 64 } as const;

/** Carries a refusal out of nested readers to `refusing`; never leaves this folder. */
class Refused extends Error {
  constructor(
    readonly code: CmsRefusalCode,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Ends the reading of a message with this refusal; only inside `refusing`. */
export function refuse(code: CmsRefusalCode, detail: string): never {
  throw new Refused(code, detail);
}

/** The result of `read`, or the refusal it ended with; bytes that are not the ASN.1 they should be are `malformed`. Other errors are faults and pass. */
export function refusing<T>(read: () => T): T | CmsRefusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', code: error.code, detail: error.detail };
    if (error instanceof Asn1Error) return { kind: 'refused', code: 'malformed', detail: error.message };
    throw error;
  }
}

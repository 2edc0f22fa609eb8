/** Every reason for which a CMS message is refused; closed, so that a caller's switch stays complete. */
export const cmsRefusalCodes = [
  'malformed', // not CMS, or CMS that RFC 5652 does not allow
  'wrong-content-type', // another kind of CMS content than was asked for
  'too-large', // more signers, certificates or recipients than the limits
  'no-signer', // SignedData that nobody signed
  'unknown-signer', // the signer's certificate is not in the message
  'algorithm', // below the minimums of `algorithms.ts`
  'attributes', // signed attributes that are missing, double, not DER or contradict the content
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

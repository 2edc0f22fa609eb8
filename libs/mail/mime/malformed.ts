/** Bytes that are not the mail they claim to be; `detail` names the rule that was broken, never the contents. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly detail: string;
}

/** The value every parser here returns instead of throwing. */
export const malformed = (detail: string): Malformed => ({ kind: 'malformed', detail });

/** Whether a parser gave up. */
export const isMalformed = (value: object): value is Malformed => 'kind' in value && value.kind === 'malformed';

/** Bounds on one mail: far above what mailers write, far below what hurts. */
export const mimeLimits = {
  messageMaxBytes: 128 * 1024 * 1024,
  headerSectionMaxBytes: 256 * 1024,
  headerLineMaxBytes: 16 * 1024,
  headersMax: 500,
  parametersMax: 40,
  partsMax: 500,
  /** Lines that begin like a delimiter and are none, in one multipart. */
  falseDelimitersMax: 10_000,
  multipartDepthMax: 10,
} as const;

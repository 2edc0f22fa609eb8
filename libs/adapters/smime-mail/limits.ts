/** What bounds the connections to one mail server and one try over them. */
export interface SmtpLimits {
  readonly connectionsMax: number;
  readonly mailsPerConnectionMax: number;
  /** An unused connection is closed by us before the peer does it (RFC 5321 §4.5.3.2.7: 5 minutes). */
  readonly idleMs: number;
  /** Host name, TCP and TLS together. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence of the peer during a mail; RFC 5321 §4.5.3.2.6 gives it 10 minutes after the final dot. */
  readonly silenceMs: number;
  /** One try as a whole, so that a peer cannot stretch it by trickling replies. */
  readonly tryMaxMs: number;
  readonly replyMaxBytes: number;
}

/** The limits that hold where the options say nothing. */
export const smtpLimits: SmtpLimits = {
  connectionsMax: 4,
  mailsPerConnectionMax: 100,
  idleMs: 60_000,
  connectMs: 30_000,
  greetingMs: 60_000,
  silenceMs: 10 * 60_000,
  tryMaxMs: 15 * 60_000,
  replyMaxBytes: 16_384,
};

/** NCSC-NL TLS guidelines 2025: the floor under which no mail goes (I12). */
export const outgoingTls = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
  rejectUnauthorized: true,
} as const;

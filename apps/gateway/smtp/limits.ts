/** Everything that bounds what a peer can make the intake hold or wait for. */
export interface IntakeLimits {
  /** Largest mail that is taken; advertised as SIZE (RFC 1870). A file of 25 MB grows to 48 MB: base64 inside the signature and again outside. */
  readonly sizeMaxBytes: number;
  /** Mail bytes held in memory over all connections together; more is asked to come back later. */
  readonly heldMaxBytes: number;
  /** The same over all connections of one address, so that one stranger cannot keep everybody else out. */
  readonly heldPerAddressMaxBytes: number;
  readonly recipientsMax: number;
  /** RFC 5321 §4.5.3.1.4 asks for 512; extensions lengthen MAIL. */
  readonly commandMaxBytes: number;
  /** Command bytes between two mails, so that NOOP and RSET cannot go on for ever. */
  readonly commandsMaxBytes: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** From connecting until TLS stands. */
  readonly secureDeadlineMs: number;
  /** Silence after which a connection is closed (RFC 5321 §4.5.3.2.7: 5 minutes). */
  readonly idleMs: number;
  /** From TLS, or from the previous mail, until the last byte of the next one: a slow client cannot stretch it. */
  readonly mailDeadlineMs: number;
  /** How long `receive` may take; below the 10 minutes a client waits (RFC 5321 §4.5.3.2.6). */
  readonly receiveMaxMs: number;
  /** How long `close` waits for mails under way. */
  readonly drainMs: number;
}

const MiB = 1024 * 1024;

/** The limits that hold where the options say nothing. */
export const intakeLimits: IntakeLimits = {
  sizeMaxBytes: 56 * MiB,
  heldMaxBytes: 256 * MiB,
  heldPerAddressMaxBytes: 112 * MiB,
  recipientsMax: 10,
  commandMaxBytes: 1024,
  commandsMaxBytes: 256 * 1024,
  connectionsMax: 200,
  connectionsPerAddressMax: 20,
  secureDeadlineMs: 30_000,
  idleMs: 5 * 60_000,
  mailDeadlineMs: 10 * 60_000,
  receiveMaxMs: 4 * 60_000,
  drainMs: 30_000,
};

/** NCSC-NL TLS guidelines 2025: good and sufficient suites only; no CBC, no DHE, nothing below TLS 1.2. */
export const intakeTls = {
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
  honorCipherOrder: true,
  ecdhCurve: 'X25519:P-256:P-384',
} as const;

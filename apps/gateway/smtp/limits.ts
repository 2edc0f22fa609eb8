import { mailTls } from '@ketensluis/mail';

/** Everything that bounds what a peer can make the intake hold or wait for. */
export interface IntakeLimits {
  /**
   * Largest mail that is taken; advertised as SIZE (RFC 1870). A file of 25 MB is 34 MB when only the outside is base64, as `sealMail` writes it, and
   * 47 MB when its sender writes base64 inside the signature as well.
   */
  readonly sizeMaxBytes: number;
  /** Mail bytes held in memory over all connections together; more is asked to come back later. */
  readonly heldMaxBytes: number;
  /** The same over all connections of one address, so that one stranger cannot keep everybody else out. */
  readonly heldPerAddressMaxBytes: number;
  /** A mail of this size or more waits until the one before it is answered: opened and stored, each takes several times its size. */
  readonly largeFromBytes: number;
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
  heldMaxBytes: 112 * MiB,
  heldPerAddressMaxBytes: 72 * MiB,
  largeFromBytes: 4 * MiB,
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

/** The floor of mail, and which suite of it: ours comes first. */
export const intakeTls = { ...mailTls, honorCipherOrder: true, ecdhCurve: 'X25519:P-256:P-384' } as const;

import { verify } from 'node:crypto';
import { keyIdBytes, signText } from './note-key.js';
import type { NoteSigner, VerifierKey } from './note-key.js';

/** Most bytes and signature lines of a note we look at; C2SP asks for at least 16 lines, post-quantum ones of 5 kB. */
const noteMaxBytes = 1_000_000;
const noteMaxSignatures = 100;

/** One signature line, not yet checked. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  readonly signature: Uint8Array;
  readonly line: string;
}

/** A note in its parts. `text` is worth nothing until `openNote` returned it. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Why a note is not accepted. */
export interface NoteRefusal {
  readonly kind: 'refused';
  readonly code: 'malformed' | 'no-known-key' | 'bad-signature';
  readonly detail: string;
}

/** A note of which at least one signature by a known key was verified, and none by a known key failed. */
export interface OpenedNote {
  readonly kind: 'opened';
  readonly text: string;
  readonly signedBy: readonly VerifierKey[];
  /** Lines of keys we do not know: witnesses, later algorithms. They prove nothing and spoil nothing. */
  readonly unknown: readonly NoteSignature[];
}

const separator = '\n\n';
const dash = '\u2014 ';
const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Splits a signed note (C2SP signed-note) without believing any of it. Never throws. */
export const parseNote = (bytes: Uint8Array): Note | NoteRefusal => {
  if (bytes.length > noteMaxBytes) return malformed('too large');
  const whole = decode(bytes);
  if (whole === null || hasControl(whole)) return malformed('not UTF-8 text without control characters');
  // The last blank line separates: the text itself may hold blank lines.
  const split = whole.lastIndexOf(separator);
  if (split < 0 || !whole.endsWith('\n')) return malformed('no signatures');
  const lines = whole.slice(split + separator.length, -1).split('\n');
  if (lines.length > noteMaxSignatures) return malformed('too many signatures');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignature(line);
    if (signature === null) return malformed('signature line');
    signatures.push(signature);
  }
  return { text: whole.slice(0, split + 1), signatures };
};

/** Verifies a note against the keys we trust. A failing signature of a known key refuses the whole note. Never throws. */
export const openNote = (bytes: Uint8Array, keys: readonly VerifierKey[]): OpenedNote | NoteRefusal => {
  const note = parseNote(bytes);
  if ('kind' in note) return note;
  const text = new TextEncoder().encode(note.text);
  const signedBy: VerifierKey[] = [];
  const unknown: NoteSignature[] = [];
  for (const signature of note.signatures) {
    const key = keys.find((known) => known.name === signature.name && known.keyId === signature.keyId);
    if (key === undefined) {
      unknown.push(signature);
      continue;
    }
    if (!verify(null, text, key.publicKey, signature.signature)) return { kind: 'refused', code: 'bad-signature', detail: `signature of ${key.name} is false` };
    if (!signedBy.includes(key)) signedBy.push(key);
  }
  if (signedBy.length === 0) return { kind: 'refused', code: 'no-known-key', detail: 'no signature by a trusted key' };
  return { kind: 'opened', text: note.text, signedBy, unknown };
};

/** One signature line, with its line feed. */
export const signatureLineOf = (name: string, keyId: number, signature: Uint8Array): string =>
  `${dash}${name} ${Buffer.concat([keyIdBytes(keyId), signature]).toString('base64')}\n`;

/** Signs a text; Ed25519 is deterministic, so the same text gives the same bytes again. Throws when the text is no note text. */
export const signNote = (text: string, signers: readonly NoteSigner[]): Uint8Array => {
  if (!text.endsWith('\n') || hasControl(text)) throw new Error('bug: a note text ends in a newline and has no control characters');
  const bytes = new TextEncoder().encode(text);
  const lines = signers.map((signer) => signatureLineOf(signer.name, signer.keyId, signText(signer, bytes)));
  return new TextEncoder().encode(`${text}\n${lines.join('')}`);
};

/** Reads one signature line, without its line feed; null when malformed. Never throws. */
export const parseSignature = (line: string): NoteSignature | null => {
  const match = signatureLine.exec(line);
  const [name, encoded] = [match?.[1], match?.[2]];
  if (name === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded || bytes.length < 5) return null;
  return { name, keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4), line };
};

const decode = (bytes: Uint8Array): string | null => {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
};

const hasControl = (text: string): boolean => /[\u0000-\u0009\u000b-\u001f]/.test(text);
const malformed = (detail: string): NoteRefusal => ({ kind: 'refused', code: 'malformed', detail });

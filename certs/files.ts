import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Kinds of key that practice parties have; RSA takes a second to make, so most are P-256. */
export type KeyKind = 'rsa-3072' | 'p-256' | 'ed25519';

const generate = promisify(generateKeyPair);

/** There is a private key in this file, made when there was none; readable by its owner only. Two who make it at the same moment get the same key. */
export async function makeKey(file: string, kind: KeyKind): Promise<void> {
  if (existsSync(file)) return;
  const { privateKey } = await generated(kind);
  writeFirst(file, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 0o600);
}

const generated = (kind: KeyKind) => {
  switch (kind) {
    case 'p-256': return generate('ec', { namedCurve: 'P-256' });
    case 'rsa-3072': return generate('rsa', { modulusLength: 3072 });
    case 'ed25519': return generate('ed25519');
  }
};

/** The private key in this file, made first when the file is not there. */
export async function keepKey(file: string, kind: KeyKind): Promise<KeyObject> {
  await makeKey(file, kind);
  return createPrivateKey(readFileSync(file));
}

/** The certificate (DER) in this PEM file, issued first when the file is not there. */
export function keepCertificate(file: string, issue: () => Uint8Array): Uint8Array {
  if (!existsSync(file)) writeWhole(file, pem('CERTIFICATE', issue()), 0o644);
  return readPem(file);
}

/** Writes a file under another name and renames it, so that a run cut short leaves no half a key. */
export function writeWhole(file: string, content: string | Uint8Array, mode: number): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, content, { mode });
  renameSync(`${file}.new`, file);
}

/** As `writeWhole`, but never over a file that is there: a certificate may already speak of that key. */
function writeFirst(file: string, content: string, mode: number): void {
  const unfinished = `${file}.${process.pid}.new`;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(unfinished, content, { mode });
  try {
    linkSync(unfinished, file);
  } catch (fault) {
    if (!existsSync(file)) throw fault;
  } finally {
    rmSync(unfinished);
  }
}

/** PEM (RFC 7468) around DER. */
export function pem(label: 'CERTIFICATE' | 'X509 CRL', der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** The DER of the first PEM block in a file. */
export function readPem(file: string): Uint8Array {
  const block = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END/.exec(readFileSync(file, 'utf8'))?.[1];
  if (block === undefined) throw new Error(`no PEM in ${path.basename(file)}`);
  return Buffer.from(block, 'base64');
}

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { parseCertificate, type Certificate } from './certificate.js';
import type { IssueExtensions } from './issue-extensions.js';
import { issueCertificate, type Issuer } from './issue.js';
import { validatePath, type PathInput, type PathRefusalCode } from './path.js';

/** The moment at which the chains of these tests are looked at. */
export const at = new Date('2026-06-01T12:00:00Z');
/** The validity of test certificates unless a test says otherwise; `at` lies within. */
export const period = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z') };

/** A party or authority in a test: its certificate and its keys. */
export interface Holder {
  readonly der: Uint8Array;
  readonly certificate: Certificate;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What a test changes about a certificate; everything else is as a careful authority would do it. */
export interface Change {
  readonly commonName?: string;
  readonly keys?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly serial?: bigint;
  readonly extensions?: IssueExtensions;
  readonly scheme?: 'rsa-pss';
}

let lastSerial = 1_000n;

/** A new P-256 key pair. */
export const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A holder certified by `issuer`, or by itself when that is null. */
export function holder(issuer: Holder | null, change: Change): Holder {
  lastSerial += 1n;
  const keys = change.keys ?? newKeys();
  const signer: Issuer = issuer === null ? { certificate: null, privateKey: keys.privateKey } : { certificate: issuer.der, privateKey: issuer.privateKey };
  const der = issueCertificate({
    subject: { commonName: change.commonName ?? `Houder ${lastSerial}` },
    issuer: signer,
    publicKey: keys.publicKey,
    serial: change.serial ?? lastSerial,
    notBefore: change.notBefore ?? period.notBefore,
    notAfter: change.notAfter ?? period.notAfter,
    extensions: change.extensions ?? {},
    ...(change.scheme === undefined ? {} : { scheme: change.scheme }),
  });
  return { der, certificate: parseCertificate(der), ...keys };
}

/** An authority as the strict profile wants it, with changes. */
export function authority(issuer: Holder | null, change: Change = {}): Holder {
  const extensions: IssueExtensions = { authority: { pathLength: null }, keyUsage: ['keyCertSign', 'cRLSign'], ...change.extensions };
  return holder(issuer, { commonName: `Autoriteit ${lastSerial}`, ...change, extensions });
}

/** A mail signer as the strict profile wants it, with changes. */
export function party(issuer: Holder, change: Change = {}): Holder {
  const extensions: IssueExtensions = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'], emails: ['partij@oefening.example'], ...change.extensions };
  return holder(issuer, { ...change, extensions });
}

/** Questions a test asks about a chain; what it does not say is strict mail signing without revocation. */
export interface Question extends Partial<Omit<PathInput, 'target' | 'intermediates' | 'trust'>> {
  readonly crls?: readonly Uint8Array[];
  readonly policies?: readonly string[] | null;
  readonly revocation?: 'require' | 'if-available';
}

/** 'valid', or the code of the refusal, for `target` under `root` with `between` offered as intermediates. */
export function verdict(root: Holder, between: readonly Holder[], target: Holder, question: Question = {}): 'valid' | PathRefusalCode {
  const { crls = [], policies = null, revocation = 'if-available', ...rest } = question;
  const result = validatePath({
    target: target.certificate,
    intermediates: between.map(({ certificate }) => certificate),
    trust: { anchors: [{ certificate: root.der, policies }], intermediates: [], crls, revocation },
    at,
    purpose: 'sign-mail',
    profile: 'strict',
    ...rest,
  });
  return result.kind === 'valid' ? 'valid' : result.code;
}

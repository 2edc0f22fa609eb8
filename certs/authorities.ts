import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { issueCertificate, issueCrl, parseCertificate, practicePolicies, type IssueExtensions, type Issuer } from '@ketensluis/mail';
import { keepCertificate, keepKey, pem, readPem, writeWhole } from './files.js';

/** One authority of the practice chain. */
export interface Authority {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

/** The practice chain, like that of PKIoverheid: a root, a domain authority below it, and the provider (TSP) that issues to parties. */
export interface Authorities {
  readonly root: Authority;
  readonly domain: Authority;
  readonly tsp: Authority;
}

/** Domains a practice certificate may be for: names reserved by RFC 2606 and RFC 6761, which nobody can own. */
export const practiceDomains = ['example', 'example.org', 'example.com', 'example.net', 'test', 'localhost'] as const;

const policies = Object.values(practicePolicies);
const mailAndTls = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
const signsCertificates = ['keyCertSign', 'cRLSign'] as const;

/** The chain in `folder`, made where it is missing. */
export async function keepAuthorities(folder: string, at: Date): Promise<Authorities> {
  const root = await keepAuthority({ folder, name: 'root', commonName: 'Ketensluis Oefen Root CA', years: 20, issuer: null, at, extensions: { authority: { pathLength: null }, keyUsage: signsCertificates } });
  const domain = await keepAuthority({
    folder,
    name: 'domain',
    commonName: 'Ketensluis Oefen Domein CA Overheid',
    years: 15,
    issuer: root,
    at,
    // The constraints keep a leaked practice key useless outside practice, even where someone trusts the root.
    extensions: {
      authority: { pathLength: 1 },
      keyUsage: signsCertificates,
      extendedKeyUsage: mailAndTls,
      policies,
      nameConstraints: { permitted: { emails: practiceDomains.flatMap((name) => [name, `.${name}`]), dns: practiceDomains, ip: ['127.0.0.0/8'] } },
      crlUrls: [crlUrl('root')],
    },
  });
  const tsp = await keepAuthority({
    folder,
    name: 'tsp',
    commonName: 'Ketensluis Oefen TSP CA',
    years: 10,
    issuer: domain,
    at,
    extensions: { authority: { pathLength: 0 }, keyUsage: signsCertificates, extendedKeyUsage: mailAndTls, policies, crlUrls: [crlUrl('domain')] },
  });
  writeWhole(path.join(folder, 'chain.pem'), pem('CERTIFICATE', tsp.certificate) + pem('CERTIFICATE', domain.certificate), 0o644);
  return { root, domain, tsp };
}

/** Where an authority would publish its list; in practice the list is a file beside it. */
export function crlUrl(name: keyof Authorities): string {
  return `http://crl.ketensluis.example/${name}.crl`;
}

interface KeepAuthority {
  readonly folder: string;
  readonly name: keyof Authorities;
  readonly commonName: string;
  readonly years: number;
  readonly issuer: Authority | null;
  readonly at: Date;
  readonly extensions: IssueExtensions;
}

async function keepAuthority({ folder, name, commonName, years, issuer, at, extensions }: KeepAuthority): Promise<Authority> {
  const privateKey = await keepKey(path.join(folder, `${name}.key.pem`), 'p-256');
  const signer: Issuer = issuer ?? { certificate: null, privateKey };
  const certificate = keepCertificate(path.join(folder, `${name}.cert.pem`), () =>
    issueCertificate({
      subject: { commonName, organization: 'Ketensluis oefening', country: 'NL' },
      issuer: signer,
      publicKey: createPublicKey(privateKey),
      serial: newSerial(),
      notBefore: addDays(at, -1),
      notAfter: addDays(at, years * 365),
      extensions,
    }),
  );
  return { certificate, privateKey };
}

/** A serial number nobody can predict: 127 random bits, never zero (RFC 5280 §4.1.2.2). */
export function newSerial(): bigint {
  return (BigInt(`0x${randomBytes(16).toString('hex')}`) >> 1n) | 1n;
}

const dayMs = 86_400_000;

/** The same moment this many days later. */
export function addDays(at: Date, days: number): Date {
  return new Date(at.getTime() + days * dayMs);
}

const crlDays = 90;
const crlRenewBeforeDays = 30;

/** Revocation lists of all authorities, as files; a list is made anew when missing, running out, or when `revoked` changed. */
export function keepCrls(folder: string, authorities: Authorities, at: Date): readonly string[] {
  const names = ['root', 'domain', 'tsp'] as const;
  return names.map((name) => {
    const file = path.join(folder, `${name}.crl.pem`);
    const meta = path.join(folder, `${name}.crl.json`);
    const serials = name === 'tsp' ? readRevoked(folder) : [];
    const last = readIssued(meta);
    const isCurrent = existsSync(file) && last.revoked === serials.length && last.thisUpdate <= at.toISOString() && addDays(at, crlRenewBeforeDays).toISOString() < last.nextUpdate;
    if (isCurrent) return file;
    const [thisUpdate, nextUpdate] = [addDays(at, -1), addDays(at, crlDays)];
    const crl = issueCrl({ issuer: authorities[name], number: last.number + 1, thisUpdate, nextUpdate, revoked: serials.map((serial) => ({ serial: BigInt(`0x${serial}`), revokedAt: thisUpdate, reason: 1 })) });
    writeWhole(file, pem('X509 CRL', crl), 0o644);
    writeWhole(meta, JSON.stringify({ number: last.number + 1, thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString(), revoked: serials.length }), 0o644);
    return file;
  });
}

interface Issued {
  readonly number: number;
  readonly thisUpdate: string;
  readonly nextUpdate: string;
  readonly revoked: number;
}

function readIssued(file: string): Issued {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { number: 0, thisUpdate: '', nextUpdate: '', revoked: 0 };
}

function readRevoked(folder: string): readonly string[] {
  const file = path.join(folder, 'revoked.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Puts a certificate of a party on the provider's next list; harmless when it is there already. */
export function revoke(folder: string, certificateFile: string): void {
  const { serial } = parseCertificate(readPem(certificateFile));
  const revoked = new Set([...readRevoked(folder), serial]);
  writeWhole(path.join(folder, 'revoked.json'), JSON.stringify([...revoked]), 0o644);
}

import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { issueCertificate, issuePkcs12, practicePolicies, type IssueExtensions } from '@ketensluis/mail';
import { addDays, crlUrl, newSerial, practiceDomains, type Authorities } from './authorities.js';
import { keepCertificate, keepKey, makeKey, pem, writeWhole, type KeyKind } from './files.js';

/** The password of every practice PKCS #12 file. It keeps nothing secret: practice keys open practice mail only. */
export const practicePassword = 'oefenen';

/** A practice party: who it is, where its mail comes from, and which keys it has. */
export interface PracticeParty {
  /** Name of its folder: letters, digits and hyphens. */
  readonly id: string;
  readonly address: string;
  readonly name: string;
  /** Host names of its mail server, beside localhost. */
  readonly dns?: readonly string[];
  readonly keys: Exclude<KeyKind, 'ed25519'>;
  /** Set for a party whose outgoing mail is signed by its domain as well (DKIM). */
  readonly dkimSelector?: string;
  /** OIN of the organisation: stands in its TLS certificate, with which it is also known as a client. */
  readonly oin?: string;
  /** When given, its certificates are valid in this period only: a period in the past makes a party that signs with an expired certificate. */
  readonly validity?: { readonly notBefore: Date; readonly notAfter: Date };
}

/** Where the files of one party are. Keys are PKCS #8 PEM readable by their owner only. `pkcs12` holds the same keys for staff who import them in Outlook or Thunderbird; made for RSA parties, as Outlook signs with little else. */
export interface PartyFiles {
  readonly folder: string;
  readonly sign: { readonly key: string; readonly certificate: string };
  readonly encrypt: { readonly key: string; readonly certificate: string };
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly chain: string;
  readonly pkcs12: readonly string[];
}

const validDays = 2 * 365;
const emailProtection = '1.3.6.1.5.5.7.3.4';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

const uses = ['sign', 'encrypt', 'tls'] as const;
type Use = (typeof uses)[number];

// Keys are made in the four threads of Node.js that also read and write files; two leave room for those.
const keysAtOnce = 2;

/** The private keys of these parties are in `directory/<id>`, made where they are missing, two at a time; certificates come later. */
export async function keepKeys(directory: string, parties: readonly PracticeParty[]): Promise<void> {
  for (const party of parties) checkParty(party);
  const wanted = parties.flatMap((party) => uses.map((use) => ({ party, use }))).values();
  const makeInTurn = async (): Promise<void> => {
    for (const { party, use } of wanted) await makeKey(keyFile(path.join(directory, party.id), use), kindOf(party, use));
  };
  await Promise.all(Array.from({ length: keysAtOnce }, makeInTurn));
}

/** The keys and certificates of one party in `directory/<id>`, made where they are missing. */
export async function keepParty(directory: string, party: PracticeParty, { authorities, at }: { readonly authorities: Authorities; readonly at: Date }): Promise<PartyFiles> {
  checkParty(party);
  const folder = path.join(directory, party.id);
  const issuing: Issuing = { folder, party, authorities, at };
  const isRsa = party.keys === 'rsa-3072';
  const signing = await keepPair(issuing, 'sign', mail(party, practicePolicies.sign, ['digitalSignature', 'nonRepudiation']));
  const encrypting = await keepPair(issuing, 'encrypt', mail(party, practicePolicies.encrypt, [isRsa ? 'keyEncipherment' : 'keyAgreement']));
  const serving = await keepPair(issuing, 'tls', {
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [serverAuth, clientAuth],
    dns: [...new Set(['localhost', ...(party.dns ?? [])])],
    ip: ['127.0.0.1'],
    policies: [practicePolicies.server],
    crlUrls: [crlUrl('tsp')],
  });
  const chain = path.join(folder, 'chain.pem');
  writeWhole(chain, pem('CERTIFICATE', authorities.tsp.certificate) + pem('CERTIFICATE', authorities.domain.certificate), 0o644);
  if (party.dkimSelector !== undefined) await keepDkim(folder, party.address, party.dkimSelector);
  const packed = isRsa ? [packPkcs12(issuing, 'sign', signing), packPkcs12(issuing, 'encrypt', encrypting)] : [];
  return { folder, sign: signing.files, encrypt: encrypting.files, tls: serving.files, chain, pkcs12: packed };
}

/** The key a mail domain signs with, what it is called in DNS, and the record to publish there (RFC 8463 §4). */
async function keepDkim(folder: string, address: string, selector: string): Promise<void> {
  const key = await keepKey(path.join(folder, 'dkim.key.pem'), 'ed25519');
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const publicBytes = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  writeWhole(path.join(folder, 'dkim.json'), `${JSON.stringify({ domain, selector })}\n`, 0o644);
  writeWhole(path.join(folder, 'dkim.dns.txt'), `${selector}._domainkey.${domain}. IN TXT "v=DKIM1; k=ed25519; p=${publicBytes.toString('base64')}"\n`, 0o644);
}

function checkParty({ id, address, dns = [] }: PracticeParty): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(id) || id === 'ca') throw new Error(`practice party "${id}" has no usable id`);
  const hosts = [address.slice(address.lastIndexOf('@') + 1), ...dns];
  const isPractice = (host: string): boolean => practiceDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  const outside = hosts.find((host) => !isPractice(host.toLowerCase()));
  if (outside !== undefined) throw new Error(`practice party "${id}" has a name outside ${practiceDomains.join(', ')}`);
}

function mail({ address }: PracticeParty, policy: string, keyUsage: NonNullable<IssueExtensions['keyUsage']>): IssueExtensions {
  return { keyUsage, extendedKeyUsage: [emailProtection], emails: [address], policies: [policy], crlUrls: [crlUrl('tsp')] };
}

interface Issuing {
  readonly folder: string;
  readonly party: PracticeParty;
  readonly authorities: Authorities;
  readonly at: Date;
}

interface Pair {
  readonly files: { readonly key: string; readonly certificate: string };
  readonly privateKey: KeyObject;
  readonly certificate: Uint8Array;
}

const keyFile = (folder: string, use: Use): string => path.join(folder, `${use}.key.pem`);

// Servers are always P-256: a handshake costs a fortieth of one with RSA.
const kindOf = ({ keys }: PracticeParty, use: Use): KeyKind => (use === 'tls' ? 'p-256' : keys);

async function keepPair({ folder, party, authorities, at }: Issuing, use: Use, extensions: IssueExtensions): Promise<Pair> {
  const files = { key: keyFile(folder, use), certificate: path.join(folder, `${use}.cert.pem`) };
  const privateKey = await keepKey(files.key, kindOf(party, use));
  const certificate = keepCertificate(files.certificate, () =>
    issueCertificate({
      subject: { commonName: party.name, organization: party.name, country: 'NL', ...(use === 'tls' && party.oin !== undefined ? { serialNumber: party.oin } : {}) },
      issuer: authorities.tsp,
      publicKey: createPublicKey(privateKey),
      serial: newSerial(),
      notBefore: party.validity?.notBefore ?? addDays(at, -1),
      notAfter: party.validity?.notAfter ?? addDays(at, validDays),
      extensions,
    }),
  );
  return { files, privateKey, certificate };
}

function packPkcs12({ folder, party, authorities }: Issuing, use: 'sign' | 'encrypt', { privateKey, certificate }: Pair): string {
  const file = path.join(folder, `${use}.p12`);
  const certificates = [certificate, authorities.tsp.certificate, authorities.domain.certificate];
  if (!existsSync(file)) writeWhole(file, issuePkcs12({ privateKey, certificates, password: practicePassword, name: `${party.name} (${use})` }), 0o600);
  return file;
}

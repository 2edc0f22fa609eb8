import type { DkimKey } from '@ketensluis/adapters';
import type { KeyPair, Trust } from '@ketensluis/mail';
import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { withheld } from './hub-keys.js';
import { hubKeys, type HubKey } from './roles.js';

/** Who the hub is on the mail: its address, its keys and the certificate of its mail server. */
export interface Identity {
  readonly address: string;
  readonly sign: KeyPair;
  readonly encrypt: KeyPair;
  readonly tls: { readonly key: string; readonly cert: string };
  /** Signs what leaves as the mail of the domain; absent where there is no `dkim.key.pem`. */
  readonly dkim?: DkimKey | undefined;
}

const pemBlock = /-----BEGIN (?:CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END (?:CERTIFICATE|X509 CRL)-----/g;

/** The DER bytes of every certificate or revocation list in a PEM text. */
export const derOf = (pem: string): readonly Uint8Array[] => [...pem.matchAll(pemBlock)].map(([, body]) => Buffer.from(body ?? '', 'base64'));

const keyPair = async (folder: string, use: 'sign' | 'encrypt', held: ReadonlySet<HubKey>): Promise<KeyPair> => {
  const [certificate, chain] = await Promise.all([`${use}.cert.pem`, 'chain.pem'].map((name) => readFile(join(folder, name), 'utf8')));
  const [first] = derOf(certificate ?? '');
  if (first === undefined) throw new Error(`no certificate in ${use}.cert.pem`);
  const key = use === 'sign' ? 'signing' : 'opening';
  if (!held.has(key)) return certificateOnly({ certificate: first, chain: derOf(chain ?? '') }, key);
  return { certificate: first, privateKey: createPrivateKey(await readFile(join(folder, `${use}.key.pem`), 'utf8')), chain: derOf(chain ?? '') };
};

const closed = new WeakSet<KeyPair>();

/** The public half of a pair whose private half this process does without. */
export const certificateOnly = (pair: Omit<KeyPair, 'privateKey'>, key: HubKey): KeyPair => {
  const made = { ...pair, get privateKey() { return withheld(key)(); } };
  closed.add(made);
  return made;
};

/** True when the pair has no private half in this process. */
export const isClosed = (pair: KeyPair): boolean => closed.has(pair);

const dkimName = z.strictObject({ domain: z.string().regex(/^[a-z0-9.-]{1,253}$/), selector: z.string().regex(/^[a-z0-9.-]{1,63}$/) });

const dkimKey = async (folder: string): Promise<DkimKey | null> => {
  const key = await readFile(join(folder, 'dkim.key.pem'), 'utf8').catch(() => null);
  if (key === null) return null;
  return { ...dkimName.parse(JSON.parse(await readFile(join(folder, 'dkim.json'), 'utf8'))), privateKey: createPrivateKey(key) };
};

/** Reads the hub's keys from a folder as `certs/README.md` describes it; only those in `held`, and all when absent. Throws when a file is missing. */
export const readIdentity = async (address: string, folder: string, held: ReadonlySet<HubKey> = new Set(hubKeys)): Promise<Identity> => {
  const [sign, encrypt, key, cert, chain] = await Promise.all([
    keyPair(folder, 'sign', held),
    keyPair(folder, 'encrypt', held),
    held.has('tls') ? readFile(join(folder, 'tls.key.pem'), 'utf8') : '',
    readFile(join(folder, 'tls.cert.pem'), 'utf8'),
    readFile(join(folder, 'chain.pem'), 'utf8'),
  ]);
  const dkim = held.has('dkim') ? await dkimKey(folder) : null;
  return { address, sign, encrypt, tls: { key, cert: `${cert}\n${chain}` }, ...(dkim === null ? {} : { dkim }) };
};

/** Reads whom the hub believes: `root.cert.pem` (anchors), `chain.pem` (intermediates) and every `*.crl.pem`. Revocation is required. */
export const readTrust = async (folder: string, policies: readonly string[] | null): Promise<Trust> => {
  const lists = (await readdir(folder)).filter((name) => name.endsWith('.crl.pem'));
  const [roots, chain, ...crls] = await Promise.all(['root.cert.pem', 'chain.pem', ...lists].map((name) => readFile(join(folder, name), 'utf8')));
  return {
    anchors: derOf(roots ?? '').map((certificate) => ({ certificate, policies })),
    intermediates: derOf(chain ?? ''),
    crls: crls.flatMap(derOf),
    revocation: 'require',
  };
};

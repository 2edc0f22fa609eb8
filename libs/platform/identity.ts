import type { KeyPair, Trust } from '@ketensluis/mail';
import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Who the hub is on the mail: its address, its keys and the certificate of its mail server. */
export interface Identity {
  readonly address: string;
  readonly sign: KeyPair;
  readonly encrypt: KeyPair;
  readonly tls: { readonly key: string; readonly cert: string };
}

const pemBlock = /-----BEGIN (?:CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END (?:CERTIFICATE|X509 CRL)-----/g;

/** The DER bytes of every certificate or revocation list in a PEM text. */
export const derOf = (pem: string): readonly Uint8Array[] => [...pem.matchAll(pemBlock)].map(([, body]) => Buffer.from(body ?? '', 'base64'));

const keyPair = async (folder: string, use: 'sign' | 'encrypt'): Promise<KeyPair> => {
  const [key, certificate, chain] = await Promise.all(
    [`${use}.key.pem`, `${use}.cert.pem`, 'chain.pem'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const [first] = derOf(certificate ?? '');
  if (first === undefined) throw new Error(`no certificate in ${use}.cert.pem`);
  return { certificate: first, privateKey: createPrivateKey(key ?? ''), chain: derOf(chain ?? '') };
};

/** Reads the hub's keys from a folder as `certs/README.md` describes it. Throws when a file is missing. */
export const readIdentity = async (address: string, folder: string): Promise<Identity> => {
  const [sign, encrypt, key, cert, chain] = await Promise.all([
    keyPair(folder, 'sign'),
    keyPair(folder, 'encrypt'),
    readFile(join(folder, 'tls.key.pem'), 'utf8'),
    readFile(join(folder, 'tls.cert.pem'), 'utf8'),
    readFile(join(folder, 'chain.pem'), 'utf8'),
  ]);
  return { address, sign, encrypt, tls: { key, cert: `${cert}\n${chain}` } };
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

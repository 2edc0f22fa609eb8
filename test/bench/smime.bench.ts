import { execFileSync, spawnSync } from 'node:child_process';
import {
  X509Certificate, constants, createCipheriv, createDecipheriv, createECDH, createHash, hash, privateDecrypt, publicEncrypt, randomBytes, sign, verify,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { decryptData, encryptInPieces } from '../../libs/mail/cms/enveloped.js';
import { inventedPair } from '../../libs/mail/cms/fuzz/invented-keys.js';
import type { KeyPair } from '../../libs/mail/cms/keys.js';
import { signKept } from '../../libs/mail/cms/sign.js';
import { verifySignedData } from '../../libs/mail/cms/signed.js';

type KeyName = 'rsa-2048' | 'rsa-3072' | 'p256';

/** One way to sign and encrypt a content for one recipient, and to decrypt and verify it again. */
interface Contender {
  readonly name: string;
  /** Children do not count in our own CPU time, so they are timed by the clock. */
  readonly clock: 'cpu' | 'wall';
  readonly rounds: number;
  readonly send: () => unknown;
  readonly receive: () => unknown;
}

interface Case {
  readonly key: KeyName;
  readonly content: Buffer;
  readonly signer: KeyPair;
  readonly recipient: KeyPair;
}

const roundsUsual = 25;
const roundsSlow = 3;
const warmUpMs = 2_000;

/** Prints, per size and key, CPU milliseconds per message of our codec beside the bare primitives, node-forge and two `openssl cms` processes. */
export async function run(): Promise<void> {
  console.log('One signer, one recipient, opaque signature inside the envelope, no MIME, no path validation; certificates parsed before.');
  console.log('send = sign + encrypt, receive = decrypt + verify. Median of paired rounds, CPU ms per message; "bare" = the same primitives without CMS.');
  console.log('openssl: wall-clock ms of two processes, chain not checked. node-forge cannot verify: its receive is decrypt + parse only.');
  const folder = mkdtempSync(join(tmpdir(), 'smime-bench-'));
  try {
    for (const sizeBytes of [10 * 1024, 5 * 1024 * 1024]) {
      for (const key of ['rsa-2048', 'rsa-3072', 'p256'] as const) {
        const content = randomBytes(sizeBytes);
        measure({ key, content, signer: inventedPair(key), recipient: inventedPair(key) }, folder);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(one: Case, folder: string): void {
  const contenders = [bare(one), ours(one, 'aes256-gcm'), ours(one, 'aes256-cbc'), ...(one.key === 'p256' ? [] : [nodeForge(one)]), ...openssl(one, folder)];
  const batch = one.content.length > 1024 * 1024 ? 1 : 10;
  const samples = contenders.map(() => ({ send: new Array<number>(), receive: new Array<number>() }));
  for (const contender of contenders) warmUp(contender);
  for (let round = 0; round < roundsUsual; round += 1) {
    for (const [i, contender] of contenders.entries()) {
      if (round >= contender.rounds) continue;
      const times = contender.rounds === roundsUsual ? batch : 1;
      samples[i]?.send.push(cost(contender.clock, times, contender.send));
      samples[i]?.receive.push(cost(contender.clock, times, contender.receive));
    }
  }
  console.log(`\n${one.content.length / 1024} KiB, ${one.key}`.padEnd(26), 'send'.padStart(9), 'x bare'.padStart(8), 'receive'.padStart(9), 'x bare'.padStart(8));
  const floor = { send: median(samples[0]?.send ?? []), receive: median(samples[0]?.receive ?? []) };
  for (const [i, { name }] of contenders.entries()) {
    const send = median(samples[i]?.send ?? []);
    const receive = median(samples[i]?.receive ?? []);
    const ratio = (value: number, bareValue: number): string => (value / bareValue).toFixed(2).padStart(8);
    console.log(name.padEnd(25), send.toFixed(3).padStart(9), ratio(send, floor.send), receive.toFixed(3).padStart(9), ratio(receive, floor.receive));
  }
}

/** Long enough for the compiler: what is measured is a hub that runs, not one that starts. */
function warmUp({ rounds, send, receive }: Contender): void {
  const until = performance.now() + (rounds === roundsUsual ? warmUpMs : 0);
  do {
    send();
    receive();
  } while (performance.now() < until);
}

function cost(clock: 'cpu' | 'wall', times: number, work: () => unknown): number {
  const wallStart = performance.now();
  const cpuStart = process.cpuUsage();
  for (let i = 0; i < times; i += 1) work();
  const { user, system } = process.cpuUsage(cpuStart);
  return (clock === 'cpu' ? (user + system) / 1000 : performance.now() - wallStart) / times;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function ours({ content, signer, recipient }: Case, cipher: 'aes256-gcm' | 'aes256-cbc'): Contender {
  const at = new Date();
  // In pieces, as a mail takes them: the base64 around them is not counted on either side, and so neither is joining them.
  const send = (): readonly Uint8Array[] => {
    const { chunks } = signKept({ content, detached: false, signer, at }).signed;
    return [...encryptInPieces({ content: chunks, certificates: [recipient.certificate], cipher, keyTransport: 'oaep' }).pieces];
  };
  const message = Buffer.concat(send());
  const receive = (): void => {
    const opened = decryptData(message, [recipient]);
    if (opened.kind === 'refused') throw new Error(opened.detail);
    const verified = verifySignedData(opened.content, { detachedContent: null, at });
    if (verified.kind === 'refused') throw new Error(verified.detail);
  };
  return { name: `ketensluis ${cipher.slice('aes256-'.length).toUpperCase()}`, clock: 'cpu', rounds: roundsUsual, send, receive };
}

/** What a message cannot do without: digest, signature, key transport or agreement, AES-256-GCM. */
function bare({ key, content, signer, recipient }: Case): Contender {
  const signed = randomBytes(300); // about as long as signed attributes
  const signerKey = new X509Certificate(signer.certificate).publicKey;
  const wrap = key === 'p256' ? bareAgreement(recipient) : bareTransport(recipient);
  const send = () => {
    hash('sha256', content, 'buffer');
    const signature = sign('sha256', signed, signer.privateKey);
    const contentKey = randomBytes(32);
    const wrapped = wrap.seal(contentKey);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', contentKey, nonce);
    const ciphertext = cipher.update(content);
    cipher.final();
    return { signature, wrapped, nonce, ciphertext, tag: cipher.getAuthTag() };
  };
  const message = send();
  const receive = (): void => {
    const decipher = createDecipheriv('aes-256-gcm', wrap.open(message.wrapped), message.nonce).setAuthTag(message.tag);
    const opened = decipher.update(message.ciphertext);
    decipher.final();
    hash('sha256', opened, 'buffer');
    if (!verify('sha256', signed, signerKey, message.signature)) throw new Error('bare signature');
  };
  return { name: 'bare primitives GCM', clock: 'cpu', rounds: roundsUsual, send, receive };
}

interface Wrapped {
  readonly point: Buffer;
  readonly key: Buffer;
}

interface KeyWrapping {
  readonly seal: (contentKey: Buffer) => Wrapped;
  readonly open: (wrapped: Wrapped) => Buffer;
}

function bareTransport(recipient: KeyPair): KeyWrapping {
  const publicKey = new X509Certificate(recipient.certificate).publicKey;
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  return {
    seal: (contentKey) => ({ point: Buffer.alloc(0), key: publicEncrypt({ key: publicKey, ...oaep }, contentKey) }),
    open: ({ key }) => privateDecrypt({ key: recipient.privateKey, ...oaep }, key),
  };
}

function bareAgreement(recipient: KeyPair): KeyWrapping {
  const point = new X509Certificate(recipient.certificate).publicKey.export({ format: 'der', type: 'spki' }).subarray(-65);
  const own = createECDH('prime256v1');
  own.setPrivateKey(Buffer.from(recipient.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url'));
  const initial = Buffer.alloc(8, 0xa6);
  const derive = (secret: Buffer): Buffer => createHash('sha256').update(secret).digest();
  return {
    seal: (contentKey) => {
      const ephemeral = createECDH('prime256v1');
      const ephemeralPoint = ephemeral.generateKeys();
      const cipher = createCipheriv('id-aes256-wrap', derive(ephemeral.computeSecret(point)), initial);
      return { point: ephemeralPoint, key: Buffer.concat([cipher.update(contentKey), cipher.final()]) };
    },
    open: (wrapped) => {
      const cipher = createDecipheriv('id-aes256-wrap', derive(own.computeSecret(wrapped.point)), initial);
      return Buffer.concat([cipher.update(wrapped.key), cipher.final()]);
    },
  };
}

const pemOf = ({ certificate }: KeyPair): string => new X509Certificate(certificate).toString();
const keyPemOf = ({ privateKey }: KeyPair): string => privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

function nodeForge({ content, signer, recipient }: Case): Contender {
  const [signerCertificate, recipientCertificate] = [signer, recipient].map((pair) => forge.pki.certificateFromPem(pemOf(pair)));
  const [signerKey, recipientKey] = [signer, recipient].map((pair) => forge.pki.privateKeyFromPem(keyPemOf(pair)));
  if (!signerCertificate || !recipientCertificate || !signerKey || !recipientKey) throw new Error('node-forge reads no key');
  const { data, contentType, messageDigest, signingTime, sha256 } = forge.pki.oids;
  const send = (): string => {
    const signed = forge.pkcs7.createSignedData();
    signed.content = forge.util.createBuffer(content.toString('binary'));
    signed.addCertificate(signerCertificate);
    const authenticatedAttributes = [{ type: contentType ?? '', value: data ?? '' }, { type: messageDigest ?? '' }, { type: signingTime ?? '' }];
    signed.addSigner({ key: signerKey, certificate: signerCertificate, digestAlgorithm: sha256 ?? '', authenticatedAttributes });
    signed.sign();
    const enveloped = forge.pkcs7.createEnvelopedData();
    enveloped.addRecipient(recipientCertificate);
    enveloped.content = forge.util.createBuffer(forge.asn1.toDer(signed.toAsn1()).getBytes());
    enveloped.encrypt();
    return forge.asn1.toDer(enveloped.toAsn1()).getBytes();
  };
  const message = send();
  const receive = (): void => {
    const enveloped = forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(message));
    if (!('decrypt' in enveloped)) throw new Error('not enveloped');
    const [entry] = enveloped.recipients;
    if (entry === undefined) throw new Error('no recipient');
    enveloped.decrypt(entry, recipientKey);
    const opened = enveloped.content ?? '';
    forge.pkcs7.messageFromAsn1(forge.asn1.fromDer(typeof opened === 'string' ? opened : opened.bytes()));
  };
  return { name: 'node-forge CBC', clock: 'cpu', rounds: roundsSlow, send, receive };
}

function openssl({ content, signer, recipient }: Case, folder: string): readonly Contender[] {
  if (spawnSync('openssl', ['version']).status !== 0) return [];
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('content'), content);
  for (const [name, pair] of [['signer', signer], ['recipient', recipient]] as const) {
    writeFileSync(file(`${name}.crt`), pemOf(pair));
    writeFileSync(file(`${name}.key`), keyPemOf(pair));
  }
  const cms = (...parts: readonly string[]): void => void execFileSync('openssl', ['cms', '-binary', ...parts], { stdio: 'ignore' });
  const send = (): Buffer => {
    cms('-sign', '-nodetach', '-md', 'sha256', '-in', file('content'), '-outform', 'DER', '-signer', file('signer.crt'), '-inkey', file('signer.key'), '-out', file('signed'));
    cms('-encrypt', '-aes-256-gcm', '-in', file('signed'), '-outform', 'DER', '-recip', file('recipient.crt'), '-out', file('message'));
    return readFileSync(file('message'));
  };
  send();
  const receive = (): Buffer => {
    cms('-decrypt', '-inform', 'DER', '-in', file('message'), '-recip', file('recipient.crt'), '-inkey', file('recipient.key'), '-out', file('opened'));
    cms('-verify', '-noverify', '-inform', 'DER', '-in', file('opened'), '-out', file('read'));
    return readFileSync(file('read'));
  };
  return [{ name: 'openssl cms GCM (wall)', clock: 'wall', rounds: roundsSlow, send, receive }];
}

import { der, readDer } from '../../asn1/der.js';
import { oids } from '../../asn1/oid.js';
import { decryptData, encryptFor } from '../enveloped.js';
import type { CmsRefusal } from '../refusal.js';
import { signData } from '../sign.js';
import { verifySignedData } from '../signed.js';
import { inventedPair, type InventedKind } from './invented-keys.js';
import { mutated, seededRandom } from './mutation.js';

/** A real message with the way to read it. `read` gives null when what it accepted is what was sent, else what is wrong. */
interface Specimen {
  readonly name: string;
  readonly message: Uint8Array;
  readonly read: (message: Uint8Array) => CmsRefusal | string | null;
}

/** A mutation that did what none may do; `name`, `seed` and `round` make it again. */
export interface Violation {
  readonly name: string;
  readonly round: number;
  readonly problem: string;
  readonly message: Uint8Array;
}

export interface Campaign {
  readonly rounds: number;
  readonly seed: number;
  /** Milliseconds that only go up, to find the slowest mutation with. */
  readonly now: () => number;
}

export interface CampaignResult {
  readonly mutations: number;
  /** How many mutations were refused; the others touched only what nobody signs. */
  readonly refused: number;
  readonly violations: readonly Violation[];
  readonly slowestMs: number;
}

const at = new Date('2026-11-20T10:00:00Z');
const content = Buffer.from('Content-Type: text/plain\r\n\r\nhuisverbod.opgelegd in zaak 9901-2026-17\r\n');

/**
 * Mutates real messages of every kind, `rounds` times each. No reader may throw, no signed content or signer may change unseen, and no GCM
 * content may change at all. CBC content may change: that is why it counts only once its signature is verified (rule 3).
 */
export function fuzzCms({ rounds, seed, now }: Campaign): CampaignResult {
  const violations: Violation[] = [];
  let refused = 0;
  let slowestMs = 0;
  const all = specimens();
  for (const [index, { name, message, read }] of all.entries()) {
    const random = seededRandom(seed + index);
    for (let round = 0; round < rounds; round += 1) {
      const bent = random() < 0.2 ? mutated(mutated(message, random), random) : mutated(message, random);
      const started = now();
      const outcome = outcomeOf(read, bent);
      slowestMs = Math.max(slowestMs, now() - started);
      if (typeof outcome === 'string') violations.push({ name, round, problem: outcome, message: bent });
      else if (outcome !== null) refused += 1;
    }
  }
  return { mutations: all.length * rounds, refused, violations, slowestMs };
}

function outcomeOf(read: Specimen['read'], message: Uint8Array): CmsRefusal | string | null {
  try {
    return read(message);
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

function specimens(): readonly Specimen[] {
  const signers: readonly InventedKind[] = ['rsa-2048', 'rsa-pss', 'p256', 'ed25519'];
  const recipients: readonly InventedKind[] = ['rsa-2048', 'p256', 'x25519'];
  return [
    ...signers.flatMap((kind) => [signed(kind, false), signed(kind, true)]),
    ...recipients.flatMap((kind) => [encrypted(kind, 'aes256-gcm'), encrypted(kind, 'aes256-cbc')]),
    segmented(),
  ];
}

function signed(kind: InventedKind, detached: boolean): Specimen {
  const signer = inventedPair(kind);
  const message = signData({ content, detached, signer, at, encryptionCertificate: inventedPair('p256').certificate });
  return { name: `signed by ${kind}${detached ? ', detached' : ''}`, message, read: verifying(signer.certificate, detached) };
}

function verifying(certificate: Uint8Array, detached: boolean): Specimen['read'] {
  return (bytes) => {
    const verified = verifySignedData(bytes, { detachedContent: detached ? content : null, at });
    if (verified.kind === 'refused') return verified;
    if (!content.equals(verified.content)) return 'accepted changed content';
    const isSigner = verified.signers.every((signer) => Buffer.compare(signer.certificate.raw, certificate) === 0);
    return isSigner && verified.signers.length > 0 ? null : 'accepted another signer';
  };
}

function encrypted(kind: InventedKind, cipher: 'aes256-gcm' | 'aes256-cbc'): Specimen {
  const own = inventedPair(kind);
  const message = encryptFor({ content, certificates: [inventedPair('p256').certificate, own.certificate], cipher, keyTransport: 'rsaes-pkcs1' });
  return {
    name: `${cipher} for ${kind}`,
    message,
    read: (bytes) => {
      const opened = decryptData(bytes, [own]);
      if (opened.kind === 'refused') return opened;
      return opened.authenticated && !content.equals(opened.content) ? 'opened changed content' : null;
    },
  };
}

/** A signed message as streaming senders write it: indefinite lengths, and its content in segments. */
function segmented(): Specimen {
  const signer = inventedPair('p256');
  const [type, wrapper] = readDer(signData({ content, detached: false, signer, at })).children;
  const [version, digests, , ...rest] = wrapper?.children[0]?.children.map(({ raw }) => raw) ?? [];
  if (type === undefined || version === undefined || digests === undefined) throw new Error('bug: not SignedData');
  const [first, second] = [content.subarray(0, 10), content.subarray(10)];
  const segments = indefinite(0x24, der.octets(first), der.octets(second));
  const encapsulated = indefinite(0x30, der.oid(oids.data), indefinite(0xa0, segments));
  const message = indefinite(0x30, type.raw, indefinite(0xa0, indefinite(0x30, version, digests, encapsulated, ...rest)));
  return { name: 'signed, in segments', message, read: verifying(signer.certificate, false) };
}

const indefinite = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);

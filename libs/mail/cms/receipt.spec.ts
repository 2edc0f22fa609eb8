import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flatten } from '../asn1/der.js';
import { inventedPair, type InventedKind } from './fuzz/invented-keys.js';
import { keptOf, readReceipt, receiptContent } from './receipt.js';
import { signKept, signReceipt } from './sign.js';
import { verifySignedData, type VerifiedContent } from './signed.js';

const at = new Date();
const content = Buffer.from('Content-Type: text/plain\r\n\r\nbericht\r\n');
const contentIdentifier = Buffer.from('<d-1@sluis.example>');
const [hub, party] = [inventedPair('p256'), inventedPair('rsa-2048')];

const verified = (bytes: Uint8Array, kind: 'data' | 'receipt' = 'data'): VerifiedContent => {
  const found = verifySignedData(bytes, { detachedContent: null, at, content: kind });
  if (found.kind === 'refused') throw new Error(found.detail);
  return found;
};
const asking = (signer = hub) => signKept({ content, detached: false, signer, at, receiptRequest: { contentIdentifier, to: 'hub@sluis.example' } });
const requestOf = (bytes: Uint8Array) => {
  const request = verified(bytes).signers[0]?.receiptRequest ?? null;
  if (request === null) throw new Error('asks for no receipt');
  return request;
};

describe('a signed receipt', () => {
  test('is asked for, made and known again by what was kept', () => {
    const made = asking();
    const request = requestOf(flatten(made.signed));
    expect(request).toMatchObject({ to: ['hub@sluis.example'], from: null });
    const receipt = verified(signReceipt({ request, signer: party, at }), 'receipt');
    const kept = keptOf(made.messageSignatureDigest, { contentIdentifier, signature: made.signature });
    expect(keptOf(receipt.signers[0]?.messageSignatureDigest ?? Buffer.alloc(0), readReceipt(receipt.content))).toEqual(kept);
  });

  test('of another message with the same content is another one', () => {
    const [one, other] = [asking(), asking()];
    const receipt = verified(signReceipt({ request: requestOf(flatten(other.signed)), signer: party, at }), 'receipt');
    expect(keptOf(receipt.signers[0]?.messageSignatureDigest ?? Buffer.alloc(0), readReceipt(receipt.content))).not.toEqual(keptOf(one.messageSignatureDigest, { contentIdentifier, signature: one.signature }));
  });

  test('is no message, and a message is no receipt', () => {
    const message = flatten(asking().signed);
    const receipt = signReceipt({ request: requestOf(message), signer: party, at });
    expect(verifySignedData(receipt, { detachedContent: null, at })).toMatchObject({ kind: 'refused', code: 'wrong-content-type' });
    expect(verifySignedData(message, { detachedContent: null, at, content: 'receipt' })).toMatchObject({ kind: 'refused', code: 'wrong-content-type' });
  });

  test('a message that does not ask is not answered', () => {
    expect(verified(flatten(signKept({ content, detached: false, signer: hub, at }).signed)).signers[0]?.receiptRequest).toBeNull();
  });

  test('of which any bit differs is refused', () => {
    const receipt = signReceipt({ request: requestOf(flatten(asking().signed)), signer: party, at });
    const genuine = Buffer.from(verified(receipt, 'receipt').content).toString('hex');
    fc.assert(fc.property(fc.nat(receipt.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
      const other = Uint8Array.from(receipt);
      other[place] = (other[place] ?? 0) ^ change;
      const found = verifySignedData(other, { detachedContent: null, at, content: 'receipt' });
      // What the signature does not cover, such as certificates, may differ; what the receipt says may not.
      if (found.kind === 'verified') expect(Buffer.from(found.content).toString('hex')).toBe(genuine);
    }));
  });

  test('any bytes in its place are refused', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    try {
      expect(Buffer.from(receiptContent(readReceipt(bytes)))).toEqual(Buffer.from(bytes));
    } catch (fault) {
      expect(String(fault)).not.toMatch(/TypeError|RangeError/);
    }
  })));
});

// `openssl cms` as outside oracle, in both directions.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl && process.env['CI'] === 'true') throw new Error('openssl must be installed here');
if (!hasOpenssl) console.warn('openssl is not on PATH: signed receipts were NOT compared with an outside implementation');
const folder = mkdtempSync(join(tmpdir(), 'cms-receipt-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const keep = (name: string, kind: InventedKind) => {
  const pair = inventedPair(kind);
  writeFileSync(file(`${name}.crt`), new X509Certificate(pair.certificate).toString());
  writeFileSync(file(`${name}.key`), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return pair;
};
const run = (...parts: readonly string[]): Uint8Array => {
  execFileSync('openssl', ['cms', '-binary', '-noverify', ...parts, '-out', file('out')], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(file('out'));
};

(hasOpenssl ? describe : describe.skip).each(['rsa-2048', 'p256'] as const)('with openssl and keys %s', (kind) => {
  const [sender, recipient] = [keep(`sender-${kind}`, kind), keep(`recipient-${kind}`, kind)];
  const named = (name: string): readonly string[] => ['-signer', file(`${name}-${kind}.crt`), '-inkey', file(`${name}-${kind}.key`)];

  test('openssl makes the receipt we ask for, and it is the one we kept', () => {
    const made = asking(sender);
    writeFileSync(file('asking'), flatten(made.signed));
    const theirs = run('-sign_receipt', '-in', file('asking'), '-inform', 'DER', '-outform', 'DER', ...named('recipient'));
    const receipt = verified(theirs, 'receipt');
    expect(keptOf(receipt.signers[0]?.messageSignatureDigest ?? Buffer.alloc(0), readReceipt(receipt.content))).toEqual(keptOf(made.messageSignatureDigest, { contentIdentifier, signature: made.signature }));
  });

  test('openssl asks, and finds our receipt right and one about another message wrong', () => {
    writeFileSync(file('content'), content);
    const ask = ['-sign', '-nodetach', '-md', 'sha256', '-in', file('content'), '-outform', 'DER', '-receipt_request_all', '-receipt_request_to', 'hub@sluis.example', ...named('sender')];
    const [theirs, other] = [run(...ask), run(...ask)];
    const answer = (message: Uint8Array): void => writeFileSync(file('receipt'), signReceipt({ request: requestOf(message), signer: recipient, at }));
    const check = (): number | null => spawnSync('openssl', ['cms', '-noverify', '-verify_receipt', file('receipt'), '-rctform', 'DER', '-inform', 'DER', '-in', file('asked'), '-certfile', file(`recipient-${kind}.crt`)]).status;
    writeFileSync(file('asked'), theirs);
    answer(theirs);
    expect(check()).toBe(0);
    answer(other);
    expect(check()).not.toBe(0);
  });
});

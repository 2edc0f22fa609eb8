import { describe, expect, test } from '@jest/globals';
import { createHmac, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { readWebhookSigner, readWebhookVerifier, webhookSignerText, webhookVerifierOf, webhookVerifierText, type WebhookSigner, type WebhookVerifier } from './webhook-keys.js';
import { signWebhook, verifyWebhook, webhookToleranceMs, type RequestHeaders } from './webhook-signature.js';

const at = new Date('2026-03-02T09:00:00Z');
const body = Buffer.from('{"test": 2432232314}');
const signer = (text: string): WebhookSigner => {
  const read = readWebhookSigner(text);
  if (read === null) throw new Error('no key');
  return read;
};
const secret = signer('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
// RFC 8032 §7.1, test 2: secret key, public key.
const seedHex = '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb';
const publicHex = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const pair = signer(`whsk_${Buffer.from(seedHex, 'hex').toString('base64')}`);
const verifiers = [secret, pair].map(webhookVerifierOf);
const signed = (signers: readonly WebhookSigner[] = [secret, pair], id = 'msg_1') => signWebhook({ id, sentAt: at, body }, signers);

describe('a v1 signature', () => {
  const vector = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  test('is the published one', () => {
    expect(signWebhook({ id: vector['webhook-id'], sentAt: new Date(1_614_265_330_999), body }, [secret])).toEqual(vector);
    expect(verifyWebhook(vector, body, verifiers, new Date(1_614_265_400_000))).toEqual({ kind: 'verified', id: vector['webhook-id'], sentAt: new Date(1_614_265_330_000), key: 0 });
  });

  test('is accepted by npm standardwebhooks, and its signatures by us, for any body and key', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array({ minLength: 24, maxLength: 64 }), fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/), (text, bytes, id) => {
      const key: WebhookSigner = { scheme: 'v1', secret: bytes };
      const theirs = new Webhook(webhookSignerText(key));
      // Their verifier asks the clock of the computer.
      const now = new Date();
      const raw = Buffer.from(text, 'utf8');
      theirs.verify(raw.toString('utf8'), signWebhook({ id, sentAt: now, body: raw }, [key]), { jsonParse: false });
      const headers = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)), 'webhook-signature': theirs.sign(id, now, text) };
      expect(verifyWebhook(headers, raw, [key], now)).toMatchObject({ kind: 'verified', id });
    }));
  });
});

describe('a v1a signature', () => {
  test('is that of RFC 8032 over id, timestamp and body', () => {
    const [, text = ''] = signed([pair])['webhook-signature']?.split(',') ?? [];
    expect(webhookVerifierText(webhookVerifierOf(pair))).toBe(`whpk_${Buffer.from(publicHex, 'hex').toString('base64')}`);
    const key = { key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicHex, 'hex').toString('base64url') }, format: 'jwk' } as const;
    expect(verify(null, Buffer.from(`msg_1.${at.getTime() / 1_000}.${body.toString()}`), key, Buffer.from(text, 'base64'))).toBe(true);
  });

  test('is accepted with the key that openssl-made pairs write, with and without the public half behind the seed', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const [seed, point] = [privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)];
    const long = signer(`whsk_${Buffer.concat([seed, point]).toString('base64')}`);
    expect(long).toEqual(signer(`whsk_${seed.toString('base64')}`));
    expect(verifyWebhook(signed([long]), body, [{ scheme: 'v1a', publicKey: point }], at).kind).toBe('verified');
    expect(readWebhookSigner(`whsk_${Buffer.concat([seed, randomBytes(32)]).toString('base64')}`)).toBeNull();
  });
});

describe('during a rotation', () => {
  const newer: WebhookSigner = { scheme: 'v1', secret: Buffer.alloc(32, 7) };
  test('whoever knows one of the keys accepts, and learns which', () => {
    const headers = signed([secret, newer, pair]);
    expect(headers['webhook-signature']?.split(' ').map((part) => part.split(',')[0])).toEqual(['v1', 'v1', 'v1a']);
    expect(verifyWebhook(headers, body, [newer], at)).toMatchObject({ kind: 'verified', key: 0 });
    expect(verifyWebhook(headers, body, [{ scheme: 'v1', secret: Buffer.alloc(32, 8) }, webhookVerifierOf(pair)], at)).toMatchObject({ kind: 'verified', key: 1 });
    new Webhook(Buffer.from(newer.secret).toString('base64'));
  });

  test('signatures of schemes to come are passed over', () => {
    const headers = signed([secret]);
    expect(verifyWebhook({ ...headers, 'webhook-signature': `v2,abc ${headers['webhook-signature'] ?? ''}` }, body, verifiers, at).kind).toBe('verified');
  });
});

describe('what is refused', () => {
  const good = signed();
  const shifted = (ms: number) => new Date(at.getTime() + ms);
  const cases: readonly (readonly [string, RequestHeaders, Uint8Array, readonly WebhookVerifier[], Date, string])[] = [
    ['another body', good, Buffer.from('{"test": 2432232315}'), verifiers, at, 'signature-wrong'],
    ['another id', { ...good, 'webhook-id': 'msg_2' }, body, verifiers, at, 'signature-wrong'],
    ['another moment', { ...good, 'webhook-timestamp': String(at.getTime() / 1_000 + 1) }, body, verifiers, at, 'signature-wrong'],
    ['another key', good, body, [{ scheme: 'v1', secret: Buffer.alloc(24) }], at, 'signature-wrong'],
    ['an HMAC that says it is Ed25519', { ...good, 'webhook-signature': signed([secret])['webhook-signature']?.replace('v1,', 'v1a,') }, body, verifiers, at, 'signature-wrong'],
    ['an HMAC made with the public key', { ...good, 'webhook-signature': `v1,${createHmac('sha256', Buffer.from(publicHex, 'hex')).update(body).digest('base64')}` }, body, verifiers, at, 'signature-wrong'],
    ['a signature cut short', { ...good, 'webhook-signature': 'v1,g0hM' }, body, verifiers, at, 'signature-wrong'],
    ['a body moved into the timestamp', { ...good, 'webhook-timestamp': `${good['webhook-timestamp'] ?? ''}.{` }, body, verifiers, at, 'header-malformed'],
    ['an id with a point', { ...good, 'webhook-id': 'a.b' }, body, verifiers, at, 'header-malformed'],
    ['an id twice', { ...good, 'webhook-id': ['a', 'b'] }, body, verifiers, at, 'header-malformed'],
    ['no id', { ...good, 'webhook-id': undefined }, body, verifiers, at, 'header-missing'],
    ['a moment in words', { ...good, 'webhook-timestamp': 'now' }, body, verifiers, at, 'header-malformed'],
    ['a moment before 1970', { ...good, 'webhook-timestamp': '-1' }, body, verifiers, at, 'header-malformed'],
    ['nothing that is a signature', { ...good, 'webhook-signature': 'secret' }, body, verifiers, at, 'header-malformed'],
    ['too many signatures', { ...good, 'webhook-signature': 'v1,AA== '.repeat(13) }, body, verifiers, at, 'header-malformed'],
    ['a header without end', { ...good, 'webhook-signature': `v1,${'A'.repeat(10_000)}` }, body, verifiers, at, 'header-malformed'],
    ['what was sent longer than the tolerance ago', good, body, verifiers, shifted(webhookToleranceMs + 1), 'timestamp-too-old'],
    ['what comes from the future', good, body, verifiers, shifted(-webhookToleranceMs - 1), 'timestamp-too-new'],
    ['a sender without a key', good, body, [], at, 'no-key'],
  ];
  test.each(cases)('%s', (_name, headers, bytes, keys, moment, code) => {
    expect(verifyWebhook(headers, bytes, keys, moment)).toMatchObject({ kind: 'refused', code });
  });

  test('and the limits themselves are accepted', () => {
    expect(verifyWebhook(good, body, verifiers, shifted(webhookToleranceMs)).kind).toBe('verified');
    expect(verifyWebhook(good, body, verifiers, shifted(-webhookToleranceMs)).kind).toBe('verified');
  });

  test('hostile headers never throw and never verify', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('v1,', 'v1a,', ' ', ',', '.', 'AAAA', '1614265330'), fc.base64String({ minLength: 80, maxLength: 96 }));
    const header = fc.oneof(fc.constant(undefined), fc.array(piece).map((parts) => parts.join('')), fc.array(fc.string(), { maxLength: 3 }));
    fc.assert(fc.property(header, header, header, fc.uint8Array(), (id, timestamp, signature, bytes) => {
      const moment = new Date(1_614_265_330_000);
      expect(verifyWebhook({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }, bytes, verifiers, moment).kind).toBe('refused');
      expect(verifyWebhook({ ...good, 'webhook-signature': signature }, body, verifiers, at).kind).toBe('refused');
    }), { numRuns: 500 });
  });
});

describe('a key', () => {
  test('is refused when it is too short, too long, of another kind or written another way', () => {
    const short = Buffer.alloc(23, 1).toString('base64');
    const long = Buffer.alloc(65, 1).toString('base64');
    for (const text of [`whsec_${short}`, `whsec_${long}`, 'whsec_', '', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', `whsk_${short}`, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx=']) {
      expect([readWebhookSigner(text), readWebhookVerifier(text)]).toEqual([null, null]);
    }
    expect(readWebhookSigner(webhookVerifierText(webhookVerifierOf(pair)))).toBeNull();
    expect(readWebhookVerifier(webhookSignerText(pair))).toBeNull();
  });

  test('comes back from its text', () => {
    for (const key of [secret, pair]) {
      expect(webhookSignerText(signer(webhookSignerText(key)))).toBe(webhookSignerText(key));
      expect(readWebhookVerifier(webhookVerifierText(webhookVerifierOf(key)))).not.toBeNull();
    }
  });

  test('any text is a key or none, and nothing throws', () => {
    fc.assert(fc.property(fc.constantFrom('whsec_', 'whsk_', 'whpk_', ''), fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (prefix, rest) => {
      readWebhookSigner(prefix + rest);
      readWebhookVerifier(prefix + rest);
    }));
  });
});

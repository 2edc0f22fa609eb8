import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { pastedHeaders, signedTextOf, webhookDifference, type PastedWebhook } from './webhook-difference.js';
import { readWebhookSigner, webhookVerifierOf } from './webhook-keys.js';
import { signWebhook } from './webhook-signature.js';

const at = new Date('2026-11-22T09:00:00Z');
const signer = readWebhookSigner(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
const other = readWebhookSigner(`whsec_${Buffer.alloc(32, 8).toString('base64')}`);
if (signer === null || other === null) throw new Error('no keys');
const keys = [webhookVerifierOf(signer)];
const body = '{"specversion":"1.0","data":{"proef":true}}';
const headers = signWebhook({ id: 'proef-1', sentAt: at, body: Buffer.from(body) }, [signer]);
const sent = { id: 'proef-1', timestamp: at.getTime() / 1_000, bodySha256: createHash('sha256').update(body).digest('hex') };
const good: PastedWebhook = { headers, body };

describe('why a signature does not fit', () => {
  const cases: readonly (readonly [string, PastedWebhook, unknown])[] = [
    ['it does fit', good, { kind: 'fits', isLate: false }],
    ['a line end was added to the body', { headers, body: `${body}\n` }, { kind: 'body', change: 'line-end-added' }],
    ['the body was printed anew', { headers, body: JSON.stringify(JSON.parse(body), null, 2) }, { kind: 'body', change: 'white-space' }],
    ['the body begins with the mark of UTF-8', { headers, body: `\uFEFF${body}` }, { kind: 'body', change: 'byte-order-mark' }],
    ['the body is another one', { headers, body: body.replace('true', 'false') }, { kind: 'body', change: 'other' }],
    ['the moment is in milliseconds', { headers: { ...headers, 'webhook-timestamp': String(at.getTime()) }, body }, { kind: 'timestamp', isMilliseconds: true }],
    ['the moment is another one', { headers: { ...headers, 'webhook-timestamp': String(sent.timestamp + 1) }, body }, { kind: 'timestamp', isMilliseconds: false }],
    ['the id is another one', { headers: { ...headers, 'webhook-id': 'proef-2' }, body }, { kind: 'id' }],
    ['it was signed with a key that is none of ours', { headers: signWebhook({ id: 'proef-1', sentAt: at, body: Buffer.from(body) }, [other]), body }, { kind: 'key' }],
    ['it is a webhook we do not know of', { headers: signWebhook({ id: 'x', sentAt: at, body: Buffer.from(body) }, [other]), body }, { kind: 'key-or-any' }],
    ['a header is missing', { headers: { 'webhook-id': 'proef-1' }, body }, { kind: 'header-missing' }],
    ['the signature is no list', { headers: { ...headers, 'webhook-signature': '???' }, body }, { kind: 'header-malformed' }],
  ];
  test.each(cases)('%s', (_name, pasted, expected) => expect(webhookDifference(pasted, keys, { sent, at })).toEqual(expected));

  test('says that it came late, and that there is no key', () => {
    expect(webhookDifference(good, keys, { sent, at: new Date(at.getTime() + 600_000) })).toEqual({ kind: 'fits', isLate: true });
    expect(webhookDifference(good, [], { sent, at })).toEqual({ kind: 'no-key' });
  });

  test('shows the very text that was signed', () => {
    const { text, sha256 } = signedTextOf(good);
    expect(text).toBe(`proef-1.${sent.timestamp}.${body}`);
    expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
  });
});

test('reads headers as curl, a browser and a log print them, and no others', () => {
  const read = pastedHeaders('POST / HTTP/1.1\r\n> Webhook-Id: proef-1\n"webhook-timestamp": "1795338000",\nwebhook-signature=v1,abc= v1,def=\nauthorization: Bearer geheim\n');
  expect(read).toEqual({ 'webhook-id': 'proef-1', 'webhook-timestamp': '1795338000', 'webhook-signature': 'v1,abc= v1,def=' });
});

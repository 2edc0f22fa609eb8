import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TransportEvidence } from '@ketensluis/flow';
import { boundedReply, type LineFailure } from './connection.js';
import { outcomeOf } from './outcome.js';

describe('the words of a peer in our records', () => {
  test.each([
    ['2.0.0 ok id=7', '2.0.0 ok id=7'],
    ['5.1.1 <jan.voorbeeld@party.example>: unknown', '5.1.1 <(address)>: unknown'],
    ['one\r\n250 two\ttwo', 'one 250 two two'],
    ['\u202eturned\u0007 \u009b31m', 'turned 31m'],
  ])('%p becomes %p', (text, kept) => {
    expect(boundedReply(text)).toBe(kept);
  });

  test('whatever it says: one bounded line without addresses', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const kept = boundedReply(text);
        expect(kept.length).toBeLessThanOrEqual(500);
        expect(kept).not.toMatch(/[\p{Cc}\p{Cf}]|[^\s<>]@[^\s<>]/u);
      }),
    );
  });
});

const evidence: TransportEvidence = { host: 'mail.party.example', port: 25, remoteAddress: null, tls: null, reply: null, startedAt: new Date(0), durationMs: 1 };
const secure: TransportEvidence = { ...evidence, tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', peerCertificateSha256: '00'.repeat(32) } };
const failure = (changes: Partial<LineFailure>): LineFailure => ({ code: null, cause: null, command: null, reply: null, ...changes });

describe('a failure of a line', () => {
  test.each([
    ['a certificate problem outweighs a reply', failure({ cause: 'CERT_HAS_EXPIRED', reply: { code: 250, text: '' } }), 'nothing', evidence, { kind: 'unusable', code: 'certificate-expired' }],
    ['the name did not resolve', failure({ code: 'EDNS', cause: 'ENOTFOUND' }), 'nothing', evidence, { kind: 'deferred', cause: 'host-not-found' }],
    ['the network is away', failure({ code: 'ESOCKET', cause: 'ENETUNREACH' }), 'nothing', evidence, { kind: 'deferred', cause: 'connection-refused' }],
    ['a reset in the handshake proves nothing about TLS', failure({ code: 'ESOCKET', cause: 'ECONNRESET' }), 'nothing', evidence, { kind: 'deferred', cause: 'connection-lost' }],
    ['reset after part', failure({ code: 'ESOCKET', cause: 'ECONNRESET' }), 'part', secure, { kind: 'deferred', cause: 'connection-lost' }],
    ['reset after all', failure({ code: 'ESOCKET', cause: 'ECONNRESET' }), 'all', secure, { kind: 'unknown', cause: 'connection-lost' }],
    ['silence after all', failure({ code: 'ETIMEDOUT' }), 'all', secure, { kind: 'unknown', cause: 'timeout' }],
    ['a TLS record error while sending is a lost line', failure({ code: 'ESOCKET', cause: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' }), 'part', secure, { kind: 'deferred', cause: 'connection-lost' }],
    ['a code nobody knows', failure({ code: 'ENEW' }), 'nothing', evidence, { kind: 'deferred', cause: 'connection-lost' }],
    ['a 3xx at the wrong place', failure({ command: 'MAIL FROM', reply: { code: 354, text: '' } }), 'nothing', secure, { kind: 'deferred', cause: 'protocol-error' }],
  ] as const)('%s', (_name, failed, sent, known, expected) => {
    expect(outcomeOf({ kind: 'failed', failure: failed, sent }, known)).toMatchObject(expected);
  });
});

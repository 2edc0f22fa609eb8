import { describe, expect, test } from '@jest/globals';
import type { TransportEvidence } from '@ketensluis/flow';
import fc from 'fast-check';
import { outcomeOf, retryMoment } from './outcome.js';

const at = new Date('2026-03-02T09:00:00Z');
const secure = { version: 'TLSv1.3', cipher: 'x', peerCertificateSha256: 'ab' };
const evidence: TransportEvidence = { host: 'h', port: 443, remoteAddress: null, tls: null, reply: null, startedAt: at, durationMs: 500 };
const failed = (code: string, sent: boolean, isSecure = true) => outcomeOf({ kind: 'failed', code, sent, secure: isSecure ? secure : null, remoteAddress: null }, 'full', evidence);

describe('what one request leads to', () => {
  test.each([
    ['ECONNRESET', true, true, { kind: 'unknown', cause: 'connection-lost' }],
    ['ETIMEDOUT', true, true, { kind: 'unknown', cause: 'timeout' }],
    ['ANSWER_CUT', true, true, { kind: 'unknown', cause: 'connection-lost' }],
    ['ECONNRESET', false, true, { kind: 'deferred', cause: 'connection-lost' }],
    ['EPIPE', false, true, { kind: 'deferred', cause: 'connection-lost' }],
    ['ETIMEDOUT', false, false, { kind: 'deferred', cause: 'timeout' }],
    ['EAI_AGAIN', false, false, { kind: 'deferred', cause: 'host-not-found' }],
    ['ENETUNREACH', false, false, { kind: 'deferred', cause: 'connection-refused' }],
    ['ADDRESS_NOT_ALLOWED', false, false, { kind: 'unusable', code: 'address-not-allowed' }],
    ['OIN_NOT_PINNED', false, false, { kind: 'unusable', code: 'certificate-host-mismatch' }],
    ['ERR_TLS_CERT_ALTNAME_INVALID', false, false, { kind: 'unusable', code: 'certificate-host-mismatch' }],
    ['SELF_SIGNED_CERT_IN_CHAIN', false, false, { kind: 'unusable', code: 'certificate-not-trusted' }],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, false, { kind: 'unusable', code: 'validation-failure' }],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', true, true, { kind: 'unusable', code: 'certificate-unusable' }],
    ['constructor', false, false, { kind: 'deferred', cause: 'connection-lost' }],
  ])('%s, all sent: %s, secure: %s', (code, sent, isSecure, expected) => expect(failed(code, sent, isSecure)).toMatchObject(expected));

  test('every status has an outcome, and only 2xx is a yes', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999 }), fc.constantFrom('full' as const, 'thin' as const), fc.option(fc.string()), (status, form, retryAfter) => {
      const { kind } = outcomeOf({ kind: 'answered', status, retryAfter, secure, remoteAddress: null }, form, evidence);
      expect(kind === 'delivered' || kind === 'announced').toBe(status >= 200 && status < 300);
    }));
  });
});

describe('Retry-After', () => {
  test.each([
    ['0', '2026-03-02T09:00:00Z'], ['90', '2026-03-02T09:01:30Z'], ['Mon, 02 Mar 2026 09:00:10 GMT', '2026-03-02T09:00:10Z'],
    ['Mon, 02 Mar 2026 08:00:00 GMT', null], ['-1', null], ['1.5', null], ['soon', null], ['', null], ['2026-03-03', null], ['99999999999', null],
  ])('%j', (text, expected) => expect(retryMoment(text, at)).toEqual(expected === null ? null : new Date(expected)));

  test('any text is a moment or none', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const moment = retryMoment(text, at);
      expect(moment === null || moment >= at).toBe(true);
    }));
  });
});

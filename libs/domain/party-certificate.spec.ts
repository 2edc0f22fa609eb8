import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { approveCertificate, chooseCertificate, encryptionForm, rejectCertificate, revokeCertificate, type PartyCertificate } from './party-certificate.js';

const at = new Date('2026-03-02T09:00:00Z');
const proposal: PartyCertificate = {
  kind: 'certificate', id: '00000000-0000-4000-8000-000000000001', party: '00000001001000000000', address: 'post@politie.example', sha256: 'a'.repeat(64), state: 'proposed',
  source: 'published', proposedAt: at.toISOString(), proposedBy: 'beheer-1', approvals: [], endedAt: null,
};
const state = (result: ReturnType<typeof approveCertificate>): string => (result.kind === 'refused' ? result.detail : result.certificate.state);
const changed = (result: ReturnType<typeof approveCertificate>): PartyCertificate => {
  if (result.kind === 'refused') throw new Error(result.detail);
  return result.certificate;
};

describe('a certificate of a party is used', () => {
  test('after two different persons approved it, and not after one twice', () => {
    const once = changed(approveCertificate(proposal, 'beheer-2', at));
    expect(once.state).toBe('proposed');
    expect(state(approveCertificate(once, ' Beheer-2 ', at))).toMatch(/approved it before/);
    expect(state(approveCertificate(once, 'beheer-3', at))).toBe('approved');
  });
  test('not by the word of whoever proposed it', () => expect(state(approveCertificate(proposal, 'BEHEER-1', at))).toMatch(/does not approve/));
  test('no more once it was rejected or revoked', () => {
    const rejected = changed(rejectCertificate(proposal, at));
    expect([state(approveCertificate(rejected, 'beheer-2', at)), state(revokeCertificate(rejected, at))]).toEqual(['the certificate is rejected', 'the certificate is rejected']);
    const revoked = changed(revokeCertificate({ ...proposal, state: 'approved' }, at));
    expect([revoked.state, revoked.endedAt]).toEqual(['revoked', at.toISOString()]);
    expect(state(rejectCertificate(revoked, at))).toBe('the certificate is revoked');
  });
});

describe('of several certificates for one address', () => {
  const day = (from: number, to: number, letter: string) =>
    ({ sha256: letter.repeat(64), notBefore: new Date(at.getTime() + from * 86_400_000), notAfter: new Date(at.getTime() + to * 86_400_000) });
  const old = day(-400, 300, 'a');
  const fresh = day(-10, 700, 'b');
  test('the newest valid one is used', () => {
    expect(chooseCertificate([old, fresh], at)).toEqual({ kind: 'chosen', sha256: fresh.sha256 });
    expect(chooseCertificate([old, day(5, 700, 'c')], at)).toEqual({ kind: 'chosen', sha256: old.sha256 });
    expect(chooseCertificate([old, day(-5, -1, 'c')], at)).toEqual({ kind: 'chosen', sha256: old.sha256 });
  });
  test('two that are equally new are a question for a person', () => {
    expect(chooseCertificate([fresh, { ...fresh, sha256: 'c'.repeat(64) }], at)).toEqual({ kind: 'ambiguous' });
    expect(chooseCertificate([fresh, fresh], at)).toEqual({ kind: 'chosen', sha256: fresh.sha256 });
  });
  test('none valid gives the last one, so that its own refusal is told; none at all gives none', () => {
    expect(chooseCertificate([day(-30, -20, 'a'), day(-10, -1, 'b')], at)).toEqual({ kind: 'chosen', sha256: 'b'.repeat(64) });
    expect(chooseCertificate([], at)).toEqual({ kind: 'none' });
  });
});

describe('the form of encryption', () => {
  const [gcm, cbc] = ['2.16.840.1.101.3.4.1.46', '2.16.840.1.101.3.4.1.42'];
  test('is GCM with OAEP unless the reader said otherwise', () => {
    expect(encryptionForm({ wanted: null, capabilities: null })).toEqual({ content: 'aes256-gcm', keyTransport: 'oaep' });
    expect(encryptionForm({ wanted: null, capabilities: [cbc, gcm] }).content).toBe('aes256-gcm');
    expect(encryptionForm({ wanted: null, capabilities: [cbc] }).content).toBe('aes256-cbc');
    expect(encryptionForm({ wanted: { content: 'aes256-gcm' }, capabilities: [cbc] }).content).toBe('aes256-gcm');
  });
  test('is never below the floor, whatever a mail says', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom(gcm, cbc, '1.2.840.113549.3.7', '1.2.840.113549.1.1.1'))), (capabilities) => {
      const form = encryptionForm({ wanted: null, capabilities });
      expect(['aes256-gcm', 'aes256-cbc']).toContain(form.content);
      expect(form.keyTransport).toBe('oaep');
    }));
  });
});

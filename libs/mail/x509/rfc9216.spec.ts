import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { mailAddressesOf, parseCertificate, type Certificate } from './certificate.js';
import { validatePath, type PathInput, type PathResult } from './path.js';

// The sample certificates of RFC 9216: public data, read from outside the repository.
const folder = path.join(process.env['KETENSLUIS_VECTORS'] ?? path.resolve('..', 'shared', 'vectors'), 'rfc9216');
const isPresent = existsSync(folder);
const present = isPresent ? test : test.skip;

const read = (name: string): Certificate => parseCertificate(Buffer.from(readFileSync(path.join(folder, `${name}.crt`), 'utf8').replace(/-----[^-]+-----|\s/g, ''), 'base64'));
/** RFC 9216 §2.2: LAMPS sample policy. */
const samplePolicy = '2.16.840.1.101.3.2.1.48.1';

function validate(root: string, target: string, change: { readonly purpose: PathInput['purpose']; readonly between?: readonly string[]; readonly policies?: readonly string[] }): PathResult {
  return validatePath({
    target: read(target),
    intermediates: (change.between ?? []).map(read),
    trust: { anchors: [{ certificate: read(root).raw, policies: change.policies ?? null }], intermediates: [], crls: [], revocation: 'if-available' },
    at: new Date('2026-06-01T00:00:00Z'),
    purpose: change.purpose,
    profile: 'strict',
  });
}

describe('RFC 9216 sample certificates', () => {
  test('the samples are there, or say that they are not', () => {
    if (!isPresent) process.stdout.write('RFC 9216 vectors absent: sample certificates were NOT read\n');
    expect(isPresent || process.env['CI'] !== 'true').toBe(true);
  });

  const rows = [['root-rsa', 'alice'], ['root-rsa', 'bob'], ['root-ed25519', 'carlos'], ['root-ed25519', 'dana']] as const;
  for (const [root, person] of rows) {
    present(`${person} signs and receives under ${root}, with an explicit policy, and not under the other root`, () => {
      const policies = [read(`${person}-sign`).policies?.[0] ?? samplePolicy];
      for (const [use, purpose] of [['sign', 'sign-mail'], ['encrypt', 'encrypt-mail']] as const) {
        expect(validate(root, `${person}-${use}`, { purpose, policies })).toMatchObject({ kind: 'valid', policies });
        expect(mailAddressesOf(read(`${person}-${use}`))).toEqual([`${person}@smime.example`]);
        const other = root === 'root-rsa' ? 'root-ed25519' : 'root-rsa';
        expect(validate(other, `${person}-${use}`, { purpose })).toMatchObject({ kind: 'refused', code: 'no-path' });
      }
      expect(validate(root, `${person}-encrypt`, { purpose: 'sign-mail' })).toMatchObject({ code: 'key-usage' });
    });
  }

  present('a cross-certificate leads from one root to the other, but not under a policy it does not carry', () => {
    const found = [['root-ed25519', 'root-rsa-cross', 'alice-sign'], ['root-ed25519', 'root-ed25519-cross', 'alice-sign']].map(([root = '', cross = '', target = '']) => ({
      free: validate(root, target, { purpose: 'sign-mail', between: [cross] }),
      bound: validate(root, target, { purpose: 'sign-mail', between: [cross], policies: [read('alice-sign').policies?.[0] ?? samplePolicy] }),
    }));
    expect(found.filter(({ free }) => free.kind === 'valid')).toHaveLength(1);
    expect(found.filter(({ bound }) => bound.kind === 'refused' && bound.code === 'policy')).toHaveLength(1);
    expect(found.filter(({ bound }) => bound.kind === 'valid')).toHaveLength(0);
  });
});

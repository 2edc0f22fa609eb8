import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { issueRequest } from './issue-request.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? test : test.skip;
const folder = mkdtempSync(join(tmpdir(), 'request-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the outside oracle is there when the build demands it', () => expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true));

for (const kind of ['p-256', 'rsa'] as const) {
  withOpenssl(`openssl verifies a request for a ${kind} key and reads what it asks for`, async () => {
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const request = await issueRequest({
      subject: { commonName: 'Ketensluis', organization: 'Ketensluis', country: 'NL', serialNumber: '00000004100000000900' },
      publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }),
      extensions: { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'], emails: ['post@ketensluis.example'] },
      sign: async (content) => sign('sha256', content, pair.privateKey),
    });
    const file = join(folder, `${kind}.csr`);
    writeFileSync(file, request);
    const shown = execFileSync('openssl', ['req', '-inform', 'DER', '-in', file, '-verify', '-noout', '-text'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(shown).toContain('CN = Ketensluis');
    expect(shown).toContain('serialNumber = 00000004100000000900');
    expect(shown).toContain('email:post@ketensluis.example');
    expect(shown).toContain('Digital Signature');
  });
}

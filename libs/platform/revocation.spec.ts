import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { refreshRevocation, type RevocationPorts, type SourceProblem, type TrustStore } from '@ketensluis/flow';
import { issueCertificate, issueCrl, parseCertificate, validatePath, type Certificate, type IssueExtensions } from '@ketensluis/mail';
import { createStore, createVault, openKeyShares } from '@ketensluis/store';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { freePort } from '../../test/harness/free-port.js';
import { withFetched } from './keyring.js';
import { revocationClient } from './revocation-client.js';

// `openssl ocsp` as the responder, on the loopback; lists from a server of our own that can be told what to give.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: nobody was asked over the line whether a certificate was revoked');
test('the outside oracle is there when the build demands it', () => expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true));

const [hourMs, dayMs] = [3_600_000, 86_400_000];
const start = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const noCheck = { id: '1.3.6.1.5.5.7.48.1.5', isCritical: false, value: Uint8Array.of(5, 0) };

interface Holder {
  readonly der: Uint8Array;
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
}

let serial = 100n;
const holder = (issuer: Holder | null, commonName: string, extensions: IssueExtensions): Holder => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1n;
  const der = issueCertificate({
    subject: { commonName }, issuer: issuer === null ? { certificate: null, privateKey: keys.privateKey } : { certificate: issuer.der, privateKey: issuer.privateKey }, publicKey: keys.publicKey,
    serial, notBefore: new Date(start.getTime() - dayMs), notAfter: new Date(start.getTime() + 30 * dayMs), extensions,
  });
  return { der, certificate: parseCertificate(der), privateKey: keys.privateKey };
};
const authority = (name: string): Holder => holder(null, name, { authority: { pathLength: null }, keyUsage: ['keyCertSign', 'cRLSign'] });

withOpenssl('whether a certificate was revoked is asked over the line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'revocation-'));
  const root = authority('Root');
  const delegate = holder(root, 'Responder', { keyUsage: ['digitalSignature'], extendedKeyUsage: [ocspSigning], other: [noCheck] });
  const served = new Map<string, Uint8Array>();
  let [leaf, gone, listed]: readonly Holder[] = [];
  let database: TestDatabase;
  let store: TrustStore;
  let web: Server;
  let [ocspPort, webPort] = [0, 0];
  let at = start;
  const running: ChildProcess[] = [];

  const keep = (name: string, { der, privateKey }: Holder): void => {
    writeFileSync(join(folder, `${name}.crt`), new X509Certificate(der).toString());
    writeFileSync(join(folder, `${name}.key`), privateKey.export({ format: 'pem', type: 'pkcs8' }));
  };
  const stamp = (moment: Date): string => `${moment.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
  const line = (state: string, one: Holder, since = ''): string =>
    [state, stamp(one.certificate.notAfter), since, one.certificate.serial.toUpperCase(), 'unknown', '/CN=x'].join('\t');

  beforeAll(async () => {
    database = await openTestDatabase();
    store = createStore(database.pool, createVault(randomBytes(32), openKeyShares(join(folder, 'shares')))).trust;
    [ocspPort, webPort] = [await freePort(), await freePort()];
    const email: IssueExtensions = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'], emails: ['a@politie.example'] };
    const asked = { ...email, ocspUrls: [`http://localhost:${ocspPort}/`] };
    [leaf, gone, listed] = [holder(root, 'Leaf', asked), holder(root, 'Gone', asked), holder(root, 'Listed', { ...email, crlUrls: [`http://localhost:${webPort}/root.crl`] })];
    for (const [name, one] of Object.entries({ root, delegate, leaf: want(leaf) })) keep(name, one);
    writeFileSync(join(folder, 'index.txt'), `${line('V', want(leaf))}\n${line('R', want(gone), `${stamp(start)},keyCompromise`)}\n`);
    web = createServer((request, response) => {
      const bytes = served.get(request.url ?? '');
      if (bytes === undefined) response.writeHead(404).end();
      else response.end(bytes);
    });
    await new Promise<void>((resolve) => web.listen(webPort, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const one of running.splice(0)) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      const ended = new Promise((resolve) => one.once('exit', resolve));
      one.kill('SIGKILL');
      await ended;
    }
    await database.pool.query('delete from revocation_source');
  });
  afterAll(async () => {
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const want = (one: Holder | undefined): Holder => {
    if (one === undefined) throw new Error('not made yet');
    return one;
  };
  const respond = async (signer: string): Promise<void> => {
    const words = ['ocsp', '-port', String(ocspPort), '-index', 'index.txt', '-CA', 'root.crt', '-rsigner', `${signer}.crt`, '-rkey', `${signer}.key`, '-nmin', '60'];
    const responder = spawn('openssl', [...words, '-ignore_err'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    running.push(responder);
    // It says so when it listens; a request to find out would be one that it cannot read.
    let said = '';
    responder.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    for (let tries = 0; !/waiting/i.test(said); tries += 1) {
      if (tries > 400) throw new Error(`the responder does not start: ${said}`);
      await pause(25);
    }
  };
  const portsNow = (): RevocationPorts => ({
    clock: { now: () => at }, trust: store, random: randomBytes,
    client: revocationClient([{ host: 'localhost', port: ocspPort, networks: ['127.0.0.0/8'] }, { host: 'localhost', port: webPort, networks: ['127.0.0.0/8'] }], { timeoutMs: 2_000 }),
  });
  const refresh = async (one: Holder): Promise<readonly (SourceProblem | null)[]> => {
    at = new Date();
    return (await refreshRevocation([root.certificate, one.certificate], portsNow())).map(({ problem }) => problem);
  };
  const verdict = async (one: Holder, moment = new Date()): Promise<string> => {
    const trust = withFetched({ anchors: [{ certificate: root.der, policies: null }], intermediates: [], crls: [], revocation: 'require' }, await store.load());
    const result = validatePath({ target: one.certificate, intermediates: [], trust, at: moment, purpose: 'sign-mail', profile: 'strict' });
    return result.kind === 'valid' ? 'valid' : result.code;
  };
  const crl = (issuer: Holder, number: number, change: { readonly revoked?: Holder; readonly agedMs?: number } = {}): Uint8Array =>
    issueCrl({
      issuer: { certificate: issuer.der, privateKey: issuer.privateKey }, number, thisUpdate: new Date(start.getTime() - (change.agedMs ?? 0)), nextUpdate: new Date(start.getTime() + dayMs - (change.agedMs ?? 0)),
      revoked: change.revoked === undefined ? [] : [{ serial: BigInt(`0x${change.revoked.certificate.serial}`), revokedAt: start, reason: 1 }],
    });

  test('nobody there: it waits, and is not asked again at once', async () => {
    expect(await refresh(want(leaf))).toEqual(['no-connection']);
    expect(await verdict(want(leaf))).toBe('revocation-unknown');
    expect(await refresh(want(leaf))).toEqual([]);
    // Somebody at a terminal, who may have mended it, asks again at once.
    expect((await refreshRevocation([root.certificate, want(leaf).certificate], { ...portsNow(), retryMs: 0 })).map(({ problem }) => problem)).toEqual(['no-connection']);
  });

  test('a delegate of the wrong kind: it waits', async () => {
    await respond('leaf');
    expect(await refresh(want(leaf))).toEqual(['wrong-signer']);
    expect(await verdict(want(leaf))).toBe('revocation-unknown');
  });

  test('a responder that does not know it: it waits, whatever a list may say', async () => {
    await respond('root');
    const stranger = holder(root, 'Stranger', { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'], emails: ['b@politie.example'], ocspUrls: [`http://localhost:${ocspPort}/`] });
    expect(await refresh(stranger)).toEqual([null]);
    expect(await verdict(stranger)).toBe('revocation-unknown');
  });

  test('good and revoked, from a delegate, kept until it runs out and not asked for meanwhile', async () => {
    await respond('delegate');
    expect([await refresh(want(leaf)), await refresh(want(gone))]).toEqual([[null], [null]]);
    expect([await verdict(want(leaf)), await verdict(want(gone))]).toEqual(['valid', 'revoked']);
    expect(await refresh(want(leaf))).toEqual([]);
    expect(await verdict(want(leaf), new Date(Date.now() + 2 * hourMs))).toBe('revocation-unknown');
  });

  test('a list: that of another issuer, a forged one, an older one and rubbish change nothing', async () => {
    const path = '/root.crl';
    const give = async (bytes: Uint8Array): Promise<readonly (SourceProblem | null)[]> => {
      served.set(path, bytes);
      await database.pool.query('delete from revocation_source');
      return refresh(want(listed));
    };
    const impostor = authority('Root');
    expect(await refresh(want(listed))).toEqual(['bad-status']);
    expect(await verdict(want(listed))).toBe('revocation-unknown');
    expect(await give(crl(authority('Other'), 9))).toEqual(['wrong-issuer']);
    expect(await give(crl(impostor, 9))).toEqual(['bad-signature']);
    expect(await give(crl(root, 9, { agedMs: 2 * dayMs }))).toEqual(['not-current']);
    expect(await give(Buffer.from('rubbish'))).toEqual(['malformed']);
    expect(await verdict(want(listed))).toBe('revocation-unknown');
    // Past three quarters of its life, so that it is asked for again.
    expect(await give(crl(root, 5, { agedMs: 20 * hourMs, revoked: want(listed) }))).toEqual([null]);
    expect(await verdict(want(listed))).toBe('revoked');
    expect(await give(crl(root, 4, { agedMs: 20 * hourMs }))).toEqual(['older']);
    expect(await verdict(want(listed))).toBe('revoked');
    expect(await give(crl(root, 6))).toEqual([null]);
    expect(await verdict(want(listed))).toBe('valid');
    expect(await give(crl(root, 7))).toEqual([]);
  });
});

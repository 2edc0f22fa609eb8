import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { OwnKeyRole } from '@ketensluis/domain';
import { adoptOwnKeys, changeOwnKey, makeOwnKey, type AskedStep, type OwnKeyPorts, type OwnKeyVerdict } from '@ketensluis/flow';
import { parseCertificate } from '@ketensluis/mail';
import { derOf, keyFiles, ownKeysFolder, type KeyFiles } from '@ketensluis/platform';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { certify } from '../../certs/certify.js';
import { documentOf } from '../../apps/practice/script.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { senders, underMandate } from './steps.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? test : test.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: a rotation was NOT shown with an outside implementation');
test('the outside oracle is there when the build demands it', () => expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true));

const dayMs = 86_400_000;
const hubAddress = 'hub@ketensluis.example';

describe("the hub's keys are followed by others while it runs", () => {
  let hub: TestHub;
  let provider: KeyFiles;
  let ports: OwnKeyPorts;
  beforeAll(async () => {
    hub = await openRegion();
    provider = keyFiles(ownKeysFolder(join(hub.practiceFolder, '..', 'keys')));
    ports = { clock: hub.hub.clock, ids: hub.hub.ids, trust: hub.hub.store.trust, provider, believe: hub.hub.trust };
  });
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const key = async (verdict: Promise<OwnKeyVerdict>) => {
    const one = await verdict;
    if (one.kind === 'refused') throw new Error(one.detail);
    return one.key;
  };
  const step = (id: string, asked: AskedStep) => key(changeOwnKey(id, asked, 'beheer-1', ports));
  /** A new key of a role, certified by the practice authority and announced. */
  const announced = async (role: Exclude<OwnKeyRole, 'dkim'>, kind: 'p-256' | 'rsa-3072'): Promise<{ readonly id: string; readonly certificate: Uint8Array }> => {
    const made = await key(makeOwnKey({ role, kind, organization: 'Ketensluis', address: hubAddress, hosts: ['localhost'] }, 'beheer-1', ports));
    const use = role === 'decrypt' ? 'encrypt' : role;
    const certificates = await certify(hub.practiceFolder, { use, name: 'Ketensluis', address: hubAddress, hosts: ['localhost'], publicKey: await provider.publicKey(made.id) }, hub.now());
    await step(made.id, { kind: 'announce', certificates });
    return { id: made.id, certificate: certificates[0] ?? new Uint8Array() };
  };
  const follows = async (isThere: () => boolean): Promise<void> => {
    for (let tries = 0; !isThere(); tries += 1) {
      if (tries > 500) throw new Error('the running hub does not follow');
      await pause(20);
    }
  };
  const pem = (der: Uint8Array): string => new X509Certificate(der).toString();
  const file = (name: string): string => join(hub.practiceFolder, name);
  const openssl = (...words: readonly string[]): Buffer => execFileSync('openssl', [...words], { cwd: hub.practiceFolder, stdio: ['ignore', 'pipe', 'pipe'] });

  /** A mail of the hulpofficier that openssl signs, and encrypts to this certificate of the hub. */
  const byOpenssl = (situation: Situation, recipient: Uint8Array): Buffer => {
    const { document } = documentOf(situation.step('huisverbod.aangezegd', 'hovj1', underMandate), situation.start, hub.now());
    const own = 'politie-noorderwaard-hovj-1';
    writeFileSync(file('content'), `Content-Type: application/xml; name="bericht.xml"\r\nContent-Disposition: attachment; filename="bericht.xml"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(document).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`);
    writeFileSync(file('recipient.crt'), pem(recipient));
    openssl('cms', '-sign', '-nodetach', '-in', 'content', '-signer', `${own}/sign.cert.pem`, '-inkey', `${own}/sign.key.pem`, '-certfile', `${own}/chain.pem`, '-out', 'signed');
    const oaep = new X509Certificate(recipient).publicKey.asymmetricKeyType === 'rsa' ? ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'] : ['-keyopt', 'ecdh_kdf_md:sha256'];
    openssl('cms', '-encrypt', '-in', 'signed', '-aes-256-gcm', '-from', senders.hovj1.from, '-to', hubAddress, '-subject', 'Zaak', '-out', 'mail', '-recip', 'recipient.crt', ...oaep);
    return Buffer.from(readFileSync(file('mail'), 'latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
  };

  /** Who signed the last mail to a party, as openssl finds it after opening and verifying it; sha256 in hexadecimal. */
  const signerByOpenssl = async (party: string): Promise<string> => {
    const mails = (await hub.chain.mailboxes.get(party)?.inbox.mails()) ?? [];
    const raw = mails.at(-1)?.raw;
    if (raw === undefined) throw new Error('no mail');
    writeFileSync(file('received'), raw);
    openssl('cms', '-decrypt', '-in', 'received', '-recip', `${party}/encrypt.cert.pem`, '-inkey', `${party}/encrypt.key.pem`, '-out', 'opened');
    openssl('cms', '-verify', '-in', 'opened', '-CAfile', 'ca/root.cert.pem', '-certfile', 'ca/chain.pem', '-purpose', 'smimesign', '-signer', 'signer.crt', '-out', 'verified');
    return new X509Certificate(readFileSync(file('signer.crt'))).fingerprint256.replace(/:/g, '').toLowerCase();
  };
  const sha256 = (der: Uint8Array): string => new X509Certificate(der).fingerprint256.replace(/:/g, '').toLowerCase();

  withOpenssl('under traffic: nothing is lost, the new keys are used at once, and mail to the old one is still opened', async () => {
    const { sign, encrypt, tls } = hub.chain.identity;
    const oldSign = sha256(sign.certificate);
    const ids = { sign: randomUUID(), decrypt: randomUUID(), tls: randomUUID() };
    await provider.adopt(ids.sign, sign.privateKey);
    await provider.adopt(ids.decrypt, encrypt.privateKey);
    await provider.adopt(ids.tls, createPrivateKey(tls.key));
    const certificates = { sign: [sign.certificate, ...sign.chain], decrypt: [encrypt.certificate, ...encrypt.chain], tls: derOf(tls.cert) };
    await adoptOwnKeys((['sign', 'decrypt', 'tls'] as const).map((role) => ({ id: ids[role], role, certificates: certificates[role] })), 'beheer-1', ports);

    const sent: { readonly situation: Situation; readonly code: number }[] = [];
    let isOver = false;
    // Every mail goes to the certificate its sender knows: at first the old one, later either.
    let recipients: readonly Uint8Array[] = [encrypt.certificate];
    const traffic = (async () => {
      for (let count = 0; !isOver; count += 1) {
        const situation = openSituation(hub);
        const reply = await hub.submit(byOpenssl(situation, recipients[count % recipients.length] ?? encrypt.certificate), senders.hovj1.from);
        sent.push({ situation, code: reply.code });
      }
    })();
    await pause(300);

    const nextDecrypt = await announced('decrypt', 'rsa-3072');
    await follows(() => hub.hub.keyring.openingKeys().length === 2);
    // Announced: our mail names it, whoever uses it is read, and the old one is as good.
    expect(sha256(hub.hub.identity.encrypt.certificate)).toBe(sha256(nextDecrypt.certificate));
    recipients = [encrypt.certificate, nextDecrypt.certificate];
    expect(await changeOwnKey(nextDecrypt.id, { kind: 'activate', early: 'refused' }, 'beheer-1', ports)).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/--early/) });
    await step(nextDecrypt.id, { kind: 'activate', early: 'allowed' });
    const nextSign = await announced('sign', 'p-256');
    await step(nextSign.id, { kind: 'activate', early: 'refused' });
    await follows(() => sha256(hub.hub.identity.sign.certificate) === sha256(nextSign.certificate));
    const before = sent.length;
    while (sent.length < before + 4) await pause(20);
    isOver = true;
    await traffic;
    await hub.settle();

    expect(sent.length).toBeGreaterThan(5);
    expect([...new Set(sent.map(({ code }) => code))]).toEqual([250]);
    for (const { situation } of sent) expect((await situation.received('politie-noorderwaard')).length).toBe(1);
    expect(await signerByOpenssl('politie-noorderwaard')).toBe(sha256(nextSign.certificate));
    const signers = new Set((await hub.inbox('politie-noorderwaard')).map(({ mail }) => mail.signer.sha256));
    expect(signers).toEqual(new Set([oldSign, sha256(nextSign.certificate)]));

    // The old key opens mail also when it is no recipient any more, and is not destroyed before its time.
    await step(ids.decrypt, { kind: 'retire' });
    const late = openSituation(hub);
    expect((await hub.submit(byOpenssl(late, encrypt.certificate), senders.hovj1.from)).code).toBe(250);
    expect(await changeOwnKey(ids.decrypt, { kind: 'destroy' }, 'beheer-1', ports)).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/needs it until/) });
    await step(ids.sign, { kind: 'destroy' });
    await expect(provider.handle(ids.sign)).rejects.toThrow();
    await hub.settle();

    const codes = (await hub.entries()).flatMap(({ code }) => (code?.startsWith('own-key.') === true ? [code] : []));
    expect(codes).toEqual(expect.arrayContaining(['own-key.made', 'own-key.announced', 'own-key.active', 'own-key.retiring', 'own-key.decrypt-only', 'own-key.destroyed']));
  }, 120_000);

  test('every opening key is found by issuer and serial number, and by key identifier, while mail is kept', async () => {
    const { issuer, serial, subjectKeyIdentifier, raw } = parseCertificate(hub.chain.identity.encrypt.certificate);
    const found = async (where: string, values: readonly unknown[]): Promise<readonly string[]> =>
      (await hub.database.pool.query<{ id: string }>(
        `select encode(sha256, 'hex') as id from certificate where ${where} and encode(sha256, 'hex') in (select body->>'certificate' from trust_version where kind = 'own-key')`, [...values],
      )).rows.map(({ id }) => id);
    expect(await found('issuer = $1 and serial = $2', [issuer.printable, serial])).toEqual([sha256(raw)]);
    expect(await found('ski = $1', [subjectKeyIdentifier])).toEqual([sha256(raw)]);
  });

  test('two keys that are put into use in one instant: one is, the other after it, and never both', async () => {
    const both = [await announced('tls', 'p-256'), await announced('tls', 'p-256')];
    let looking = 2;
    let go = (): void => undefined;
    const allLooked = new Promise<void>((resolve) => void (go = resolve));
    const load: OwnKeyPorts['trust']['load'] = async () => {
      const records = await ports.trust.load();
      looking -= 1;
      if (looking <= 0) go();
      await allLooked;
      return records;
    };
    const together = { ...ports, trust: { ...ports.trust, load } };
    await Promise.all(both.map(({ id }) => key(changeOwnKey(id, { kind: 'activate', early: 'refused' }, 'beheer-1', together))));
    const { documents } = await ports.trust.load();
    const active = documents.filter((one) => one.kind === 'own-key' && one.role === 'tls' && one.state === 'active');
    expect(active).toHaveLength(1);
    expect(both.map(({ id }) => id)).toContain(active[0]?.id);
  });

  const wrong: readonly (readonly [string, () => Promise<readonly Uint8Array[]>, RegExp])[] = [
    ['of another key', async () => [hub.chain.identity.sign.certificate, ...hub.chain.identity.sign.chain], /of another key/],
    ['that is none', async () => [Buffer.from('nothing')], /no certificate/],
    ['that nobody gave', async () => [], /no certificate/],
  ];
  test.each(wrong)('a certificate %s is not announced', async (_, make, expected) => {
    const made = await key(makeOwnKey({ role: 'sign', kind: 'p-256', organization: 'Ketensluis', address: hubAddress, hosts: [] }, 'beheer-1', ports));
    expect(await changeOwnKey(made.id, { kind: 'announce', certificates: await make() }, 'beheer-1', ports)).toMatchObject({ kind: 'refused', detail: expect.stringMatching(expected) });
  });

  test('a certificate for another use, or of an authority nobody believes, is not announced', async () => {
    const made = await key(makeOwnKey({ role: 'sign', kind: 'p-256', organization: 'Ketensluis', address: hubAddress, hosts: [] }, 'beheer-1', ports));
    const publicKey = await provider.publicKey(made.id);
    const forServers = await certify(hub.practiceFolder, { use: 'tls', name: 'Ketensluis', address: hubAddress, hosts: ['localhost'], publicKey }, hub.now());
    expect(await changeOwnKey(made.id, { kind: 'announce', certificates: forServers }, 'beheer-1', ports)).toMatchObject({ detail: expect.stringMatching(/extended-key-usage/) });
    const elsewhere = await certify(file('elsewhere'), { use: 'sign', name: 'Ketensluis', address: hubAddress, hosts: [], publicKey }, hub.now());
    expect(await changeOwnKey(made.id, { kind: 'announce', certificates: elsewhere }, 'beheer-1', ports)).toMatchObject({ detail: expect.stringMatching(/cannot be proven/) });
    const ended = await certify(hub.practiceFolder, { use: 'sign', name: 'Ketensluis', address: hubAddress, hosts: [], publicKey, days: 1 }, new Date(hub.now().getTime() - 10 * dayMs));
    expect(await changeOwnKey(made.id, { kind: 'announce', certificates: ended }, 'beheer-1', ports)).toMatchObject({ detail: expect.stringMatching(/expired/) });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { approveCertificateOf, proposeCertificate, rejectCertificateOf, revokeCertificateOf, type CertificatePorts, type CertificateVerdict } from '@ketensluis/flow';
import type { Trust } from '@ketensluis/mail';
import { certificatePorts } from '@ketensluis/platform';
import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { certify, type KeyToCertify } from '../../certs/certify.js';
import { readPem } from '../../certs/files.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation } from './situation.js';
import { oin, underMandate } from './steps.js';

const dayMs = 86_400_000;
const mailbox = 'huisverbod@veiligthuis.example';
const sha256 = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex');

const until = async (isThere: () => Promise<boolean> | boolean): Promise<void> => {
  for (let tries = 0; !(await isThere()); tries += 1) {
    if (tries > 700) throw new Error('it does not come to pass');
    await pause(20);
  }
};

const portsOf = (hub: TestHub): CertificatePorts =>
  certificatePorts({ clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, store: hub.hub.store.trust, believe: hub.hub.trust });

/** A certificate of the practice authority for a mailbox, and its key. */
const certified = async (hub: TestHub, change: Partial<KeyToCertify> = {}, at = hub.now()) => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' });
  const [der = new Uint8Array()] = await certify(hub.practiceFolder, { use: 'encrypt', name: 'Veilig Thuis Noorderwaard', address: mailbox, hosts: [], publicKey, ...change }, at);
  return { der, sha256: sha256(der), pem: new X509Certificate(der).toString(), keys };
};
const idOf = (verdict: CertificateVerdict): string => {
  if (verdict.kind !== 'changed') throw new Error(verdict.detail);
  return verdict.certificate.id;
};
const detailOf = (verdict: CertificateVerdict): string => (verdict.kind === 'changed' ? verdict.certificate.state : verdict.detail);

describe('certificates of parties', () => {
  let hub: TestHub;
  let ports: CertificatePorts;
  beforeAll(async () => {
    hub = await openRegion();
    ports = portsOf(hub);
  });
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const chosen = async (): Promise<string> => {
    const { registers } = await hub.hub.registers.current();
    const party = registers.parties.find((one) => one.oin === oin.veiligThuis);
    if (party?.channel?.kind !== 'smime-mail') throw new Error('no mailbox');
    const choice = hub.hub.keyring.recipientOf(party, party.channel, hub.now());
    return choice.kind === 'chosen' ? sha256(choice.certificate) : choice.kind;
  };
  const isChosen = (expected: string) => async (): Promise<boolean> => (await chosen()) === expected;
  const proposals = async (): Promise<readonly string[]> => (await hub.tasks()).filter(({ kind }) => kind === 'proposal').map(({ ref }) => ref);

  test('a certificate in a proven mail is a proposal, and is used when two persons approved it', async () => {
    const inRegister = await chosen();
    const fresh = await certified(hub);
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    const raw = await hub.seal(situation.step('advies.gegeven', 'veiligThuis', {}), situation.start, { encryptionCertificate: fresh.der });
    // Whether the document is accepted is another matter: its signature is proven.
    await hub.submit(raw, mailbox);
    await until(async () => (await proposals()).length === 1);
    const [id = ''] = await proposals();
    expect((await hub.tasks()).find(({ ref }) => ref === id)).toMatchObject({ party: oin.veiligThuis, cause: expect.stringContaining('learnt') });
    expect(await chosen()).toBe(inRegister);
    expect(detailOf(await approveCertificateOf(id, 'beheer-1', ports))).toBe('proposed');
    expect(detailOf(await approveCertificateOf(id, 'Beheer-1', ports))).toMatch(/another one must/);
    expect(await chosen()).toBe(inRegister);
    expect(detailOf(await approveCertificateOf(id, 'beheer-2', ports))).toBe('approved');
    await until(isChosen(fresh.sha256));
    expect(await proposals()).toEqual([]);
    // Revoked here it is used no more, and seen again it does not come back.
    expect(detailOf(await revokeCertificateOf(fresh.sha256, null, 'beheer-1', ports))).toBe('revoked');
    await until(isChosen(inRegister));
    const codes = (await hub.entries()).flatMap(({ code, from }) => (code?.startsWith('certificate.') === true ? [`${code} ${from}`] : []));
    expect(codes).toEqual(['certificate.proposed', 'certificate.proposed', 'certificate.approved', 'certificate.revoked'].map((code) => `${code} ${oin.veiligThuis}`));
  });

  test('what a party reads is learnt from its mail, the freshest', async () => {
    await until(() => hub.hub.keyring.records().capabilities.has(mailbox));
    expect(hub.hub.keyring.records().capabilities.get(mailbox)?.algorithms).toContain('2.16.840.1.101.3.4.1.46');
    await hub.hub.store.trust.saveCapabilities({ address: mailbox, algorithms: ['2.16.840.1.101.3.4.1.42'], signedAt: new Date(hub.now().getTime() + 1_000) }, hub.now());
    await hub.hub.keyring.refresh();
    const { registers } = await hub.hub.registers.current();
    const party = registers.parties.find((one) => one.oin === oin.veiligThuis);
    if (party?.channel?.kind !== 'smime-mail') throw new Error('no mailbox');
    expect(hub.hub.keyring.recipientOf(party, party.channel, hub.now())).toMatchObject({ form: { content: 'aes256-cbc', keyTransport: 'oaep' } });
    const agreed = { ...party.channel, encryption: { content: 'aes256-gcm' as const } };
    expect(hub.hub.keyring.recipientOf(party, agreed, hub.now())).toMatchObject({ form: { content: 'aes256-gcm' } });
    // It reads CBC, so it gets CBC, signed inside as ever.
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    const [received] = await situation.received('veilig-thuis-noorderwaard');
    expect(received?.mail.algorithms.content).toBe('aes-256-cbc');
  });

  const unusable: readonly (readonly [string, () => Promise<Uint8Array>, RegExp])[] = [
    ['of nobody here', async () => (await certified(hub, { address: 'post@elders.example' })).der, /no party/],
    ['that is none', async () => Buffer.from('nothing'), /no certificate/],
    ['that has ended', async () => (await certified(hub, { days: 1 }, new Date(hub.now().getTime() - 10 * dayMs))).der, /expired/],
    ['that is not valid yet', async () => (await certified(hub, {}, new Date(hub.now().getTime() + 10 * dayMs))).der, /not-yet-valid/],
    ['for signing', async () => (await certified(hub, { use: 'sign' })).der, /key usage/],
    ['with a weak key', async () => (await certified(hub, { publicKey: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'der', type: 'spki' }) })).der, /weak-key/],
    ['of a key that cannot receive', async () => (await certified(hub, { publicKey: generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }) })).der, /cannot receive/],
    ['of an authority nobody believes', async () => {
      const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
      const [der = new Uint8Array()] = await certify(join(hub.practiceFolder, 'elsewhere'), { use: 'encrypt', name: 'X', address: mailbox, hosts: [], publicKey }, hub.now());
      return der;
    }, /no-path|cannot be used/],
  ];
  test.each(unusable)('a certificate %s is refused with its reason', async (_, make, expected) => {
    expect(detailOf(await proposeCertificate(await make(), 'beheer-1', ports))).toMatch(expected);
  });

  test('whoever proposed it does not approve it; a rejected one does not come back', async () => {
    const one = await certified(hub);
    const id = idOf(await proposeCertificate(one.der, 'beheer-1', ports));
    expect(detailOf(await approveCertificateOf(id, 'beheer-1', ports))).toMatch(/does not approve/);
    expect(detailOf(await rejectCertificateOf(id, 'beheer-2', ports))).toBe('rejected');
    expect(await proposeCertificate(one.der, 'beheer-3', ports)).toMatchObject({ kind: 'known' });
    expect(detailOf(await approveCertificateOf(id, 'beheer-2', ports))).toMatch(/rejected/);
    expect(await proposals()).toEqual([]);
  });

  /** Ports of as many persons, of whom each has looked before any of them writes. */
  const atOnce = (persons: number): CertificatePorts => {
    let looking = persons;
    let go = (): void => undefined;
    const allLooked = new Promise<void>((resolve) => void (go = resolve));
    const load: CertificatePorts['trust']['load'] = async () => {
      const records = await ports.trust.load();
      looking -= 1;
      if (looking <= 0) go();
      await allLooked;
      return records;
    };
    return { ...ports, trust: { ...ports.trust, load } };
  };

  test('two persons who approve in one instant both count; one person in two windows counts once', async () => {
    const [one, other] = [await certified(hub), await certified(hub)];
    const ids = [idOf(await proposeCertificate(one.der, 'beheer-1', ports)), idOf(await proposeCertificate(other.der, 'beheer-1', ports))];
    const together = atOnce(2);
    const two = await Promise.all([approveCertificateOf(ids[0] ?? '', 'beheer-2', together), approveCertificateOf(ids[0] ?? '', 'beheer-3', together)]);
    expect(two.map(detailOf).toSorted()).toEqual(['approved', 'proposed']);
    const alone = atOnce(2);
    const twice = await Promise.all([approveCertificateOf(ids[1] ?? '', 'beheer-2', alone), approveCertificateOf(ids[1] ?? '', 'beheer-2', alone)]);
    expect(twice.map(detailOf).toSorted()).toEqual(['proposed', expect.stringMatching(/another one must/)]);
    // Two hubs that learn one certificate propose it once.
    const learnt = await certified(hub);
    const proposing = atOnce(2);
    const verdicts = await Promise.all([proposeCertificate(learnt.der, 'beheer-1', proposing), proposeCertificate(learnt.der, 'beheer-1', proposing)]);
    expect(verdicts.map(({ kind }) => kind).toSorted()).toEqual(['changed', 'known']);
    await revokeCertificateOf(one.sha256, null, 'beheer-1', ports);
    for (const { sha256: name } of [other, learnt]) await revokeCertificateOf(name, null, 'beheer-1', ports);
  });

  test('two that are equally new hold what is sent, until a person revokes one; then it is tried again', async () => {
    const at = hub.now();
    const twins = [await certified(hub, {}, at), await certified(hub, {}, at)];
    for (const twin of twins) {
      const id = idOf(await proposeCertificate(twin.der, 'beheer-1', ports));
      await approveCertificateOf(id, 'beheer-2', ports);
      await approveCertificateOf(id, 'beheer-3', ports);
    }
    await until(isChosen('ambiguous'));
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
    expect((await hub.tasks()).find(({ kind }) => kind === 'certificate')).toMatchObject({ party: oin.veiligThuis, cause: 'certificate-unusable' });
    await revokeCertificateOf(twins[0]?.sha256 ?? '', null, 'beheer-2', ports);
    await until(isChosen(twins[1]?.sha256 ?? ''));
    // One is left, so it is tried again by itself; the practice party has no key to that one, and says so.
    await until(async () => !['unusable', null, undefined].includes((await hub.attempts(oin.veiligThuis)).at(-1)?.outcome));
    await revokeCertificateOf(twins[1]?.sha256 ?? '', null, 'beheer-2', ports);
    await until(isChosen(sha256(readPem(join(hub.practiceFolder, 'veilig-thuis-noorderwaard', 'encrypt.cert.pem')))));
    await hub.settle();
  });

  test('what a party signed with a certificate that was revoked here is refused', async () => {
    const signer = readPem(join(hub.practiceFolder, 'politie-noorderwaard-hovj-1', 'sign.cert.pem'));
    const situation = openSituation(hub);
    expect((await situation.post('huisverbod.aangezegd', 'hovj1', underMandate)).code).toBe(250);
    expect(detailOf(await revokeCertificateOf(sha256(signer), null, 'beheer-1', ports))).toMatch(/--party/);
    expect(detailOf(await revokeCertificateOf(sha256(signer), oin.police, 'beheer-1', ports))).toBe('revoked');
    await until(() => hub.hub.keyring.isRevoked(sha256(signer)));
    expect((await openSituation(hub).post('huisverbod.aangezegd', 'hovj1', underMandate)).code).toBe(550);
    await hub.settle();
  });
});

describe('what ends is told before it does', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());

  test('sixty, thirty, fourteen, seven days and a day before, once each, on a clock that was moved', async () => {
    const told = async (): Promise<readonly string[]> => [...new Set((await hub.tasks()).filter(({ kind }) => kind === 'expiry').map(({ ref }) => `${ref.replace(/-[0-9a-f]{16}/, '')}`))].sort();
    // Lists end after ninety days; the keys of practice last two years.
    await hub.advance(660 * dayMs);
    expect((await told()).filter((ref) => !ref.startsWith('revocation-list'))).toEqual([]);
    for (const [aheadDays, step] of [[15, 60], [30, 30], [12, 14], [7, 7], [5, 1], [3, 0]] as const) {
      await hub.advance(aheadDays * dayMs);
      await until(async () => (await told()).includes(`own-certificate/${step}`));
      expect((await told()).filter((ref) => !ref.startsWith('revocation-list'))).toEqual([`own-certificate/${step}`, `party-certificate/${step}`]);
    }
    expect((await told()).filter((ref) => ref.startsWith('revocation-list'))).toEqual(expect.arrayContaining([expect.stringMatching(/\/0$/)]));
  });
});

describe('nobody says whether a certificate was revoked', () => {
  let hub: TestHub;
  let believe: (practice: Trust) => Trust = (practice) => practice;
  beforeAll(async () => void (hub = await openRegion({ trust: (practice) => believe(practice) })));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('then mail waits at its sender, and what is sent waits here, and both go when a list is there again', async () => {
    const without = new WeakMap<Trust, Trust>();
    believe = (practice) => {
      const known = without.get(practice) ?? { ...practice, crls: [] };
      without.set(practice, known);
      return known;
    };
    const situation = openSituation(hub);
    const raw = await hub.seal(situation.step('huisverbod.aangezegd', 'hovj1', underMandate), situation.start);
    expect(await hub.submit(Uint8Array.from(raw), 'hovj-1@politie.example')).toMatchObject({ code: 451 });
    believe = (practice) => practice;
    expect(await hub.submit(raw, 'hovj-1@politie.example')).toMatchObject({ code: 250 });
    believe = (practice) => without.get(practice) ?? practice;
    await hub.settle();
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
    const [attempt] = await hub.attempts(oin.veiligThuis);
    expect(attempt).toMatchObject({ outcome: 'deferred', code: 'revocation-unknown', state: 'waiting' });
    believe = (practice) => practice;
    await hub.advance(10 * 60_000);
    await hub.settle();
    expect(await situation.received('veilig-thuis-noorderwaard')).toHaveLength(1);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { proofFiles } from '@ketensluis/contract';
import { issueCertificate, openMail, sealMail, type KeyPair, type SealInput } from '@ketensluis/mail';
import { cosign, cosignerOf, signerOf, type DisclosureProof } from '@ketensluis/tlog';
import { disclosureOf, entryOf, proofIn, recipientOin, signer } from '../../../libs/tlog/log.fixture.js';
import { proofCheck } from './proof-check.js';

const at = new Date('2026-03-02T09:00:00Z');
const issued = (name: string, issuer: KeyPair | null, extensions: Parameters<typeof issueCertificate>[0]['extensions'], serial: bigint): KeyPair => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = issueCertificate({
    subject: { commonName: name }, issuer: issuer ?? { certificate: null, privateKey }, publicKey, serial,
    notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2027-01-01T00:00:00Z'), extensions,
  });
  return { certificate, privateKey, chain: [] };
};
const root = issued('Oefenwortel', null, { authority: { pathLength: null }, keyUsage: ['keyCertSign', 'cRLSign'] }, 1n);
const person = (address: string, use: 'digitalSignature' | 'keyAgreement', serial: bigint) =>
  issued(address, root, { keyUsage: [use], extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'], emails: [address] }, serial);
const hub = person('hub@sluis.example', 'digitalSignature', 2n);
const other = person('iemand@sluis.example', 'digitalSignature', 3n);
const party = person('wth@party.example', 'keyAgreement', 4n);

const folder = mkdtempSync(join(tmpdir(), 'ketensluis-proof-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const logKeyFile = join(folder, 'log.vkey');
writeFileSync(logKeyFile, `${signer.vkey}\n`);

const policyFile = join(folder, 'policy');
const open = async (raw: Uint8Array, moment: Date) => {
  const opened = openMail(raw, { keys: [party], trust: { anchors: [{ certificate: root.certificate, policies: null }], intermediates: [], crls: [], revocation: 'if-available' }, at: moment });
  if (opened.kind === 'refused') throw new Error(opened.detail);
  return opened;
};
// What came with earlier disclosures; a test says which.
const came = new Map<string, Pick<DisclosureProof, 'leaf' | 'opening'>>();
const kept = async (message: string) => came.get(message) ?? null;
const check = proofCheck({ oin: recipientOin, hubAddress: 'hub@sluis.example', logKeyFile, policyFile: join(folder, 'no-policy'), open, kept });

const place = 2;
const document = Buffer.from('<verstrekking/>');
const made = disclosureOf(place, document);
const elsewhere = disclosureOf(3, Buffer.from('<ander/>'));
const entries = [entryOf(0), entryOf(1), made.leaf, elsewhere.leaf];
const files = {
  document: { name: 'verstrekking.xml', contentType: 'application/xml', content: document },
  leaf: { ...proofFiles.leaf, content: made.leaf },
  opening: { ...proofFiles.opening, content: made.opening },
  proof: { ...proofFiles.proof, content: proofIn(entries, place) },
};
type Files = Readonly<Record<keyof typeof files, SealInput['attachments'][number] | null>>;
const mail = (changed: Partial<Files> = {}, more: Partial<SealInput> = {}): Uint8Array => sealMail({
  from: 'hub@sluis.example', to: 'wth@party.example', subject: 'Verstrekking 1', messageId: `<${made.message}@sluis.example>`, date: at, text: 'Brief',
  attachments: Object.values({ ...files, ...changed }).filter((file) => file !== null), signer: hub, recipientCertificate: party.certificate, ...more,
});

describe('a party that gets a disclosure', () => {
  test('takes it with its proof, which it gets byte for byte', async () => {
    expect(await check(mail(), at)).toEqual({ kind: 'taken', proof: { leaf: made.leaf, opening: made.opening, proof: files.proof.content } });
  });

  const rows: readonly (readonly [string, Partial<Files>, Partial<SealInput>, string])[] = [
    ['without any proof', { leaf: null, opening: null, proof: null }, {}, '5.7.1 no proof: bewijs.leaf.json is missing'],
    ['without its opening', { opening: null }, {}, '5.7.1 no proof: bewijs.opening.json is missing'],
    ['without its tlog-proof', { proof: null }, {}, '5.7.1 no proof: bewijs.tlog-proof is missing'],
    ['with a forged entry', { leaf: { ...files.leaf, content: disclosureOf(place, Buffer.from('<vals/>')).leaf } }, {}, 'the proof does not hold: the leaf is not entry 2'],
    ['with the opening of another document', { opening: { ...files.opening, content: elsewhere.opening } }, {}, 'the document is not the one'],
    ['with the proof of another entry', { proof: { ...files.proof, content: proofIn(entries, 3) } }, {}, 'the leaf is not entry 3'],
    ['with a checkpoint by another key', { proof: { ...files.proof, content: proofIn(entries, place, signerOf(signer.name, Buffer.alloc(32, 9))) } }, {}, 'no signature by a trusted key'],
    ['with another document', { document: { ...files.document, content: Buffer.from('<verstrekking >') } }, {}, 'the document is not the one'],
    ['without a document', { document: null }, {}, 'not a disclosure'],
    ['under another message id', {}, { messageId: `<${elsewhere.message}@sluis.example>` }, 'the entry names another message'],
    ['under no message id of the hub', {}, { messageId: '<1@sluis.example>' }, 'not a disclosure'],
    ['from somebody else with the right proof', {}, { from: 'iemand@sluis.example', signer: other }, 'not from the hub'],
    ['signed by somebody else', {}, { signer: other }, 'cannot be opened, or its signature is not proven'],
    ['encrypted to somebody else', {}, { recipientCertificate: person('ander@party.example', 'keyAgreement', 5n).certificate }, 'cannot be opened'],
  ];
  test.each(rows)('refuses it %s', async (_name, changed, more, text) => {
    expect(await check(mail(changed, more), at)).toMatchObject({ kind: 'refused', code: 554, text: expect.stringContaining(text) });
  });

  test('that is meant for another party refuses it', async () => {
    const forOther = proofCheck({ oin: '00000009903000000003', hubAddress: 'hub@sluis.example', logKeyFile, policyFile, open, kept });
    expect(await forOther(mail(), at)).toMatchObject({ text: expect.stringContaining('names another recipient') });
  });

  test('asks for it again while it does not know the key of the log', async () => {
    for (const file of [join(folder, 'nowhere'), folder]) {
      const waiting = proofCheck({ oin: recipientOin, hubAddress: 'hub@sluis.example', logKeyFile: file, policyFile, open: () => Promise.reject(new Error('not reached')), kept });
      expect(await waiting(mail(), at)).toMatchObject({ kind: 'refused', code: 451 });
    }
  });

  test('with a policy takes what its witnesses signed, what left without them, and nothing with a false line of theirs', async () => {
    const witness = cosignerOf('getuige.example', Buffer.alloc(32, 5));
    writeFileSync(policyFile, `log ${signer.vkey}\nwitness w ${witness.vkey}\nquorum w\n`);
    const policed = proofCheck({ oin: recipientOin, hubAddress: 'hub@sluis.example', logKeyFile: join(folder, 'nowhere'), policyFile, open, kept });
    const text = `${Buffer.from(files.proof.content).toString('utf8').split('\n\n')[1] ?? ''}\n`;
    const withLine = (line: string) => mail({ proof: { ...files.proof, content: Buffer.concat([files.proof.content, Buffer.from(line)]) } });
    expect(await policed(mail(), at)).toMatchObject({ kind: 'taken' });
    expect(await policed(withLine(cosign(witness, text, at)), at)).toMatchObject({ kind: 'taken' });
    expect(await policed(withLine(cosign(witness, `${text}x`, at)), at)).toMatchObject({ kind: 'refused', text: expect.stringContaining('cosignature of getuige.example is false') });
    rmSync(policyFile);
  });

  test('refuses bytes that are no mail', async () => {
    expect(await check(Buffer.from('geen mail'), at)).toMatchObject({ kind: 'refused', code: 554 });
  });
});

describe('a party that gets the proof of an earlier disclosure', () => {
  const witness = cosignerOf('getuige.example', Buffer.alloc(32, 5));
  const policed = proofCheck({ oin: recipientOin, hubAddress: 'hub@sluis.example', logKeyFile: join(folder, 'nowhere'), policyFile: join(folder, 'later-policy'), open, kept });
  writeFileSync(join(folder, 'later-policy'), `log ${signer.vkey}\nwitness w ${witness.vkey}\nquorum w\n`);
  const text = `${Buffer.from(files.proof.content).toString('utf8').split('\n\n')[1] ?? ''}\n`;
  const complete = { ...files.proof, content: Buffer.concat([files.proof.content, Buffer.from(cosign(witness, text, at))]) };
  const later = (changed: Partial<Files> = {}, messageId = `<${made.message}.bewijs@sluis.example>`) => mail({ document: null, proof: complete, ...changed }, { messageId, subject: 'Bewijs bij verstrekking 1' });
  came.set(made.message, { leaf: made.leaf, opening: made.opening });

  test('takes it when its witnesses signed, and knows which disclosure it is of', async () => {
    expect(await policed(later(), at)).toEqual({ kind: 'proven-later', of: made.message, proof: { leaf: made.leaf, opening: made.opening, proof: complete.content } });
  });

  const rows: readonly (readonly [string, () => Uint8Array, string])[] = [
    ['that the witnesses did not sign', () => later({ proof: files.proof }), 'too few witnesses signed'],
    ['with a document', () => later({ document: files.document }), 'brings nothing else'],
    ['of a disclosure that never came', () => later({}, `<${elsewhere.message}.bewijs@sluis.example>`), 'no disclosure with this id came here'],
    ['with another opening', () => later({ opening: { ...files.opening, content: elsewhere.opening } }), 'not the one that came with the disclosure'],
    ['with the entry of another', () => later({ leaf: { ...files.leaf, content: elsewhere.leaf } }), 'the leaf is not entry 2'],
    ['without its tlog-proof', () => later({ proof: null }), 'bewijs.tlog-proof is missing'],
  ];
  test.each(rows)('refuses one %s', async (_name, raw, why) => {
    expect(await policed(raw(), at)).toMatchObject({ kind: 'refused', code: 554, text: expect.stringContaining(why) });
  });

  test('refuses one whose disclosure came with another entry', async () => {
    came.set(made.message, { leaf: elsewhere.leaf, opening: made.opening });
    expect(await policed(later(), at)).toMatchObject({ text: expect.stringContaining('not that of the disclosure that came') });
    came.set(made.message, { leaf: made.leaf, opening: made.opening });
  });
});

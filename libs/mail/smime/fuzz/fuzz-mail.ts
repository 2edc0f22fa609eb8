import { createHash } from 'node:crypto';
import { decryptData, encryptFor } from '../../cms/enveloped.js';
import { signData } from '../../cms/sign.js';
import { encodeBase64 } from '../../mime/base64.js';
import { joinBytes, writeHeaders, writeMixed } from '../../mime/build.js';
import { decodeBody, readEntity } from '../../mime/parse.js';
import { openMail, type OpenContext, type OpenedMail } from '../inbound.js';
import { sealMail } from '../outbound.js';
import { party, practiceTrust, sampleMail, type Correspondent } from './correspondents.js';
import { mutate, randomFrom, type Random } from './mutate.js';

/** How long to go on, and the seed by which the same cases come again. */
export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Milliseconds that only go up, to find the slowest case with. */
  readonly now: () => number;
}

/** What came of it. `broken` names each case (by its number) in which something was accepted that nobody signed. */
export interface FuzzReport {
  readonly cases: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly broken: readonly number[];
  readonly slowestMs: number;
}

const at = new Date('2026-06-01T12:00:00Z');

interface Sample {
  readonly mail: Uint8Array;
  readonly from: Correspondent;
  readonly to: Correspondent;
  readonly context: OpenContext;
  readonly print: string;
}

/** All that the hub would go on with; two mails with one print say the same. */
const printOf = (mail: OpenedMail): string =>
  JSON.stringify({
    ...mail,
    algorithms: null,
    // The mail as it came, which is what was mutated.
    raw: null,
    parts: mail.parts.map((part) => ({ ...part, content: createHash('sha256').update(part.content).digest('hex') })),
  });

const bytesOf = (value: Uint8Array | { readonly kind: 'malformed'; readonly detail: string }): Uint8Array => {
  if ('kind' in value) throw new Error(`bug: ${value.detail}`);
  return value;
};

const bodyOf = (entity: Uint8Array): Uint8Array => {
  const read = readEntity(entity);
  if ('kind' in read) throw new Error(`bug: ${read.detail}`);
  return bytesOf(decodeBody(read));
};

// A mail with the signature beside its content: we send none, others do.
const besideMail = (from: Correspondent, to: Correspondent): Uint8Array => {
  const { signer, text, attachments } = sampleMail(from, to, at);
  const fields = [['From', from.address], ['Subject', 'Zaak'], ['Message-ID', '<1@keten.example>']] as const;
  const content = joinBytes(writeMixed({ fields, parameters: '; hp="cipher"', text, attachments, fileEncoding: 'base64', seed: 'beside' }));
  const entity = joinBytes([
    writeHeaders([['Content-Type', 'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="s"']]),
    Buffer.from('--s\r\n'),
    content,
    Buffer.from('\r\n--s\r\n'),
    writeHeaders([['Content-Type', 'application/pkcs7-signature; name="smime.p7s"'], ['Content-Transfer-Encoding', 'base64']]),
    encodeBase64(signData({ content, detached: true, signer, at })),
    Buffer.from('--s--\r\n'),
  ]);
  return wrapped(entity, from, to);
};

const cmsFields = [['Content-Type', 'application/pkcs7-mime'], ['Content-Transfer-Encoding', 'base64']] as const;

const wrapped = (entity: Uint8Array, from: Correspondent, to: Correspondent): Uint8Array => {
  const cms = encryptFor({ content: entity, certificates: [to.encrypt.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' });
  return joinBytes([writeHeaders([['From', from.address], ...cmsFields]), encodeBase64(cms)]);
};

const makeSamples = (): readonly Sample[] => {
  const [police, hub, rsaHub] = [party('meldkamer@politie.example', 'p256'), party('sluis@hub.example', 'p256'), party('rsa@hub.example', 'rsa')];
  const mails: readonly (readonly [Uint8Array, Correspondent])[] = [
    [sealMail(sampleMail(police, hub, at)), hub],
    [sealMail({ ...sampleMail(police, hub, at), content: 'aes256-cbc' }), hub],
    [sealMail({ ...sampleMail(police, rsaHub, at), keyTransport: 'rsaes-pkcs1' }), rsaHub],
    [besideMail(police, hub), hub],
  ];
  const trust = practiceTrust();
  return mails.map(([mail, to]) => {
    const context = { keys: [to.encrypt], trust, at };
    const opened = openMail(mail, context);
    if (opened.kind === 'refused') throw new Error(`bug: sample refused: ${opened.detail}`);
    return { mail, from: police, to, context, print: printOf(opened) };
  });
};

const decrypted = ({ mail, to }: Sample): Uint8Array => {
  const opened = decryptData(bodyOf(mail), [to.encrypt]);
  if (opened.kind === 'refused') throw new Error(`bug: ${opened.detail}`);
  return opened.content;
};

interface Case {
  readonly mail: Uint8Array;
  /** Whether only an honest sender could have made other contents: then they may differ. */
  readonly isSigned: boolean;
}

// Where an attacker can reach: the mail on its way, the envelope, and, because anyone may encrypt to us, what is in it.
const makeCase = (sample: Sample, random: Random): Case => {
  const { from, to } = sample;
  const rewrapped = (content: Uint8Array): Uint8Array => wrapped(content, from, to);
  switch (random(5)) {
    case 0:
      return { mail: mutate(sample.mail, random), isSigned: false };
    case 1:
      return { mail: joinBytes([writeHeaders([['From', from.address], ...cmsFields]), encodeBase64(mutate(bodyOf(sample.mail), random))]), isSigned: false };
    case 2:
      return { mail: rewrapped(mutate(decrypted(sample), random)), isSigned: false };
    case 3: {
      const cms = mutate(bodyOf(decrypted(sample)), random);
      return { mail: rewrapped(joinBytes([writeHeaders(cmsFields), encodeBase64(cms)])), isSigned: false };
    }
    default: {
      const { text, attachments, signer } = sampleMail(from, to, at);
      const payload = joinBytes(writeMixed({ fields: [['From', from.address]], parameters: '; hp="cipher"', text, attachments, fileEncoding: 'base64', seed: 'x' }));
      const cms = signData({ content: mutate(payload, random), detached: false, signer, at });
      return { mail: rewrapped(joinBytes([writeHeaders(cmsFields), encodeBase64(cms)])), isSigned: true };
    }
  }
};

/**
 * Opens mutated mails. Whatever `openMail` throws comes out, with the seed reproducing it; what it accepts must say exactly
 * what the sender signed.
 */
export const fuzzMail = ({ cases, seed, now }: FuzzOptions): FuzzReport => {
  const samples = makeSamples();
  const random = randomFrom(seed);
  const outcomes: Record<string, number> = {};
  const broken: number[] = [];
  let slowestMs = 0;
  for (let number = 0; number < cases; number += 1) {
    const sample = samples[number % samples.length];
    if (sample === undefined) break;
    const { mail, isSigned } = makeCase(sample, random);
    const start = now();
    const result = openMail(mail, sample.context);
    slowestMs = Math.max(slowestMs, now() - start);
    const outcome = result.kind === 'refused' ? result.code : 'opened';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (result.kind === 'opened' && !isSigned && printOf(result) !== sample.print) broken.push(number);
  }
  return { cases, outcomes, broken, slowestMs };
};

import {
  certificateSignedBy, crlSignedBy, distributionUrls, judgeOcsp, ocspIdsOf, ocspRequest, ocspSizeMaxBytes, parseCrl, parseOcspResponse, publicKeyOf, type Certificate, type Crl, type OcspResponse,
} from '@ketensluis/mail';
import type { FetchedAnswer, FetchedList, FetchProblem, RevocationClient, TrustStore } from './certificate-ports.js';
import type { Clock } from './ports.js';

/** What keeping lists and answers fresh takes. */
export interface RevocationPorts {
  readonly clock: Clock;
  readonly trust: Pick<TrustStore, 'load' | 'sources' | 'saveList' | 'saveAnswer' | 'saveTried'>;
  readonly client: RevocationClient;
  /** So many bytes that nobody can guess. */
  readonly random: (bytes: number) => Uint8Array;
  /** Leaves an address alone for so long after a failure, instead of `sourceRetryMs`: somebody who mended it asks again at once. */
  readonly retryMs?: number;
}

/** What was wrong with what an address gave; the first ones are those of fetching. */
export type SourceProblem =
  | FetchProblem | 'malformed' | 'wrong-issuer' | 'not-current' | 'older' | 'unsuccessful' | 'other-certificate' | 'critical-extension' | 'wrong-signer' | 'bad-signature' | 'nonce';

/** One address that was tried. */
export interface TriedSource {
  readonly url: string;
  readonly problem: SourceProblem | null;
}

/** After a failure an address is left alone for so long. */
export const sourceRetryMs = 5 * 60_000;
/** Most bytes of a list: that of an authority with two hundred thousand revoked certificates is 7 MB. */
const listMaxBytes = 32 * 1024 * 1024;
/** Most addresses tried in one round; the others come with the next. */
const sourcesPerRoundMax = 100;
/** Clocks of others may be so far ahead. */
const aheadMs = 5 * 60_000;

/**
 * Fetches the lists and answers that are missing or past three quarters of their life, for these certificates and those above them. Kept is only what is
 * signed by whom it must be, current, and no step back; the rest leaves what there was. Returns what was tried.
 */
export const refreshRevocation = async (watched: readonly Certificate[], ports: RevocationPorts): Promise<readonly TriedSource[]> => {
  const at = ports.clock.now();
  const { retryMs = sourceRetryMs } = ports;
  const [records, sources] = await Promise.all([ports.trust.load(), ports.trust.sources()]);
  const current = watched.filter(({ notAfter }) => at <= notAfter);
  const mayTry = (source: string): boolean => {
    const last = sources.get(source);
    return last === undefined || last.problem === null || at.getTime() - last.triedAt.getTime() >= retryMs || last.triedAt > at;
  };
  const listUrls = [...new Set(current.flatMap(({ crlDistributionPoints }) => distributionUrls(crlDistributionPoints)))];
  const lists = listUrls.filter((url) => isDue(records.lists.find((one) => one.url === url), at));
  const asked = current.flatMap((certificate) => {
    const [url] = certificate.ocspUrls;
    const issuer = issuerOf(certificate, watched);
    const isStale = isDue(records.answers.find((one) => one.certificate === certificate.sha256), at);
    return url === undefined || issuer === null || !isStale ? [] : [{ url, certificate, issuer }];
  });
  const work = [
    ...lists.map((url) => ({ url, source: url, work: () => refreshList(url, watched, at, ports) })),
    // Remembered apart for each certificate: a responder that refuses one of them goes on to be asked about the others.
    ...asked.map((one) => ({ url: one.url, source: `${one.url}#${one.certificate.sha256.slice(0, 16)}`, work: () => refreshAnswer(one, at, ports) })),
  ].filter(({ source }) => mayTry(source)).slice(0, sourcesPerRoundMax);
  const tried: TriedSource[] = [];
  // One after another: nobody waits for it, and an authority is not asked for everything at once.
  for (const one of work) {
    const problem = await one.work();
    await ports.trust.saveTried(one.source, problem, at);
    tried.push({ url: one.url, problem });
  }
  return tried;
};

/** Past three quarters of its life, so that there is time to try again before it ends. */
const isDue = (kept: Pick<FetchedList, 'thisUpdate' | 'nextUpdate'> | undefined, at: Date): boolean => {
  if (kept === undefined || at < kept.thisUpdate) return true;
  const life = kept.nextUpdate.getTime() - kept.thisUpdate.getTime();
  return at.getTime() >= kept.thisUpdate.getTime() + (life * 3) / 4;
};

const issuerOf = (certificate: Certificate, known: readonly Certificate[]): Certificate | null =>
  known.find((one) => {
    const key = one.subject.canonical === certificate.issuer.canonical ? publicKeyOf(one) : null;
    return key !== null && certificateSignedBy(certificate, key) === 'good';
  }) ?? null;

const refreshList = async (url: string, known: readonly Certificate[], at: Date, { client, trust }: RevocationPorts): Promise<SourceProblem | null> => {
  const fetched = await client.get(url, listMaxBytes);
  if (fetched.kind === 'failed') return fetched.problem;
  const crl = orNull(() => parseCrl(derOf(fetched.bytes)));
  if (crl === null) return 'malformed';
  if (crl.nextUpdate === null || crl.thisUpdate.getTime() > at.getTime() + aheadMs || crl.nextUpdate <= at) return 'not-current';
  const problem = signerProblem(crl, known);
  if (problem !== null) return problem;
  const { issuer, number, thisUpdate, nextUpdate } = crl;
  const isKept = await trust.saveList({ url, issuer: issuer.canonical, number, thisUpdate, nextUpdate, der: derOf(fetched.bytes) }, at);
  return isKept ? null : 'older';
};

// Whether its issuer may speak for a certificate, the path finds out each time; here a stranger's list is kept from taking the place of the right one.
const signerProblem = (crl: Crl, known: readonly Certificate[]): SourceProblem | null => {
  const issuers = known.filter(({ subject, keyUsage }) => subject.canonical === crl.issuer.canonical && (keyUsage === null || keyUsage.includes('cRLSign')));
  if (issuers.length === 0) return 'wrong-issuer';
  const isSigned = issuers.some((issuer) => {
    const key = publicKeyOf(issuer);
    return key !== null && crlSignedBy(crl, key) === 'good';
  });
  return isSigned ? null : 'bad-signature';
};

interface AnswerQuestion {
  readonly url: string;
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

const refreshAnswer = async ({ url, certificate, issuer }: AnswerQuestion, at: Date, { client, trust, random }: RevocationPorts): Promise<SourceProblem | null> => {
  const nonce = random(32);
  const fetched = await client.ask(url, ocspRequest(certificate, issuer, nonce), ocspSizeMaxBytes);
  if (fetched.kind === 'failed') return fetched.problem;
  const response = orNull(() => parseOcspResponse(fetched.bytes));
  if (response === null) return 'malformed';
  if (response.kind === 'unsuccessful') return 'unsuccessful';
  // Answers made ahead carry no nonce, and their window bounds them; another nonce is an answer to somebody else.
  if (response.nonce !== null && response.nonce !== Buffer.from(nonce).toString('hex')) return 'nonce';
  const answer = answerOf(response, { certificate, issuer, at, der: fetched.bytes });
  if (typeof answer === 'string') return answer;
  return (await trust.saveAnswer(answer, at)) ? null : 'older';
};

const answerOf = (response: OcspResponse, { certificate, issuer, at, der }: { readonly certificate: Certificate; readonly issuer: Certificate; readonly at: Date; readonly der: Uint8Array }): FetchedAnswer | SourceProblem => {
  const ids = ocspIdsOf(certificate, issuer);
  const id = ids.find((one) => response.singles.some((single) => single.id === one)) ?? '';
  // A delegate that must be looked up is looked up where the answer is used.
  const judged = judgeOcsp(response, id, { certificate, issuer, at, isUnrevoked: () => true });
  if (judged.kind === 'refused') return judged.code;
  const { thisUpdate, nextUpdate } = judged.single;
  return nextUpdate === null ? 'not-current' : { certificate: certificate.sha256, thisUpdate, nextUpdate, der };
};

/** Some authorities publish their list as PEM (RFC 7468 §6), though RFC 5280 §4.2.1.13 wants DER. */
const derOf = (bytes: Uint8Array): Uint8Array => {
  const text = bytes[0] === 0x2d ? Buffer.from(bytes).toString('latin1') : '';
  const body = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/.exec(text)?.[1];
  return body === undefined ? bytes : Buffer.from(body, 'base64');
};

const orNull = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'Asn1Error') return null;
    throw fault;
  }
};

import mxConnect, { type MxCertificate, type MxConnection, type MxTlsa } from 'mx-connect';
import { X509Certificate } from 'node:crypto';
import { Resolver } from 'node:dns';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { DnssecLab } from './dnssec-lab.js';

/**
 * What mx-connect makes of a mail domain, an outside opinion beside ours: it looks up servers and TLSA itself, chooses and connects; what it leaves to its caller, STARTTLS
 * and showing it the certificate, is done here. `chain`: whether it is given the whole chain, which it does not ask for by itself. `deferred`: a fault that may pass.
 */
export interface MxOpinion {
  readonly verdict: 'taken' | 'refused' | 'deferred';
  readonly why: string;
}

/** An MTA-STS policy it has kept. */
export interface MxPolicy {
  readonly id: string;
  readonly mode: string;
  readonly mx: readonly string[];
  readonly maxAge: number;
}

interface Asked {
  readonly domain: string;
  readonly port: number;
  readonly withChain?: boolean;
  readonly policy?: MxPolicy;
}

const waitMs = 5_000;

export const mxOpinion = async (lab: Pick<DnssecLab, 'port' | 'resolve'>, { domain, port, withChain = false, policy }: Asked): Promise<MxOpinion> => {
  const resolver = new Resolver({ timeout: waitMs, tries: 1 });
  resolver.setServers([`127.0.0.1:${lab.port}`]);
  const records = new Map<string, readonly MxTlsa[]>();
  try {
    const reached = await mxConnect({
      target: domain, port, maxConnectTime: waitMs,
      dnsOptions: { ignoreIPv6: true, blockLocalAddresses: false, resolve: resolver.resolve.bind(resolver) as never },
      // It says nothing about DNSSEC: it takes whatever the resolver it is given finds.
      dane: { enabled: true, resolveTlsa: async (name) => {
        const found = await tlsaOf(lab, name);
        records.set(name, found);
        return found;
      } },
      mtaSts: policy === undefined ? { enabled: false } : { enabled: true, cache: { get: async () => policy, set: async () => true } },
    });
    try {
      return await judged(reached, withChain ? (records.get(`_${port}._tcp.${reached.hostname}`) ?? []) : null);
    } finally {
      reached.socket.destroy();
    }
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    const isTemporary = 'temporary' in fault && fault.temporary === true;
    return { verdict: isTemporary ? 'deferred' : 'refused', why: fault.message };
  }
};

const tlsaOf = async ({ resolve }: Pick<DnssecLab, 'resolve'>, name: string): Promise<readonly MxTlsa[]> => {
  const found = await resolve(name, 'TLSA');
  if (found.kind === 'failed') throw Object.assign(new Error(found.cause), { code: 'ESERVFAIL' });
  return found.kind === 'absent' ? [] : found.records.map(({ usage, selector, matching, hex }) => ({ usage, selector, mtype: matching, cert: Buffer.from(hex, 'hex') }));
};

const judged = async ({ socket, hostname, requireTls, daneVerifier }: MxConnection, records: readonly MxTlsa[] | null): Promise<MxOpinion> => {
  const tls = await startTls(socket, hostname);
  if (tls === null) return requireTls === true ? { verdict: 'refused', why: 'no STARTTLS' } : { verdict: 'taken', why: 'no TLS asked for' };
  const chain = chainOf(tls);
  const [own] = chain;
  tls.destroy();
  if (own === undefined) return { verdict: 'refused', why: 'no certificate' };
  if (daneVerifier === undefined) return { verdict: 'taken', why: 'no TLSA' };
  if (records !== null) return mxConnect.dane.verifyCertAgainstTlsa(own, records, chain.slice(1)).valid ? { verdict: 'taken', why: 'matched' } : { verdict: 'refused', why: 'not matched' };
  const fault = daneVerifier(hostname, own);
  return fault === undefined ? { verdict: 'taken', why: 'matched' } : { verdict: 'refused', why: fault.message };
};

const said = async (socket: Socket, line: string | null): Promise<string> => {
  let answer = '';
  if (line !== null) socket.write(`${line}\r\n`);
  while (!/^\d{3} .*\r\n$/m.test(answer)) answer += String((await once(socket, 'data', { signal: AbortSignal.timeout(waitMs) }))[0]);
  return answer;
};

const startTls = async (socket: Socket, name: string): Promise<TLSSocket | null> => {
  await said(socket, null);
  if (!(await said(socket, 'EHLO sluis.example')).includes('STARTTLS')) return null;
  if (!(await said(socket, 'STARTTLS')).startsWith('220')) return null;
  const tls = connect({ socket, servername: name, rejectUnauthorized: false });
  await once(tls, 'secureConnect', { signal: AbortSignal.timeout(waitMs) });
  return tls;
};

const chainOf = (tls: TLSSocket): readonly MxCertificate[] => {
  const chain: X509Certificate[] = [];
  for (let one = tls.getPeerX509Certificate(); one !== undefined && !chain.some(({ raw }) => raw.equals(one?.raw ?? Buffer.alloc(0))); one = one.issuerCertificate) chain.push(one);
  return chain.map(({ raw, publicKey }) => ({ raw, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }));
};

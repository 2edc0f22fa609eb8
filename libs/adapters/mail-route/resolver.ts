import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIP, isIPv6 } from 'node:net';
import { AUTHENTIC_DATA, DNSSEC_OK, encode, RECURSION_DESIRED } from 'dns-packet';
import { isWithin, networksOf } from '../egress.js';
import { readAnswer, type DnsAnswer, type DnsQuestion, type ReadAnswer, type RecordKind } from './dns-answer.js';

/** Asks one thing of DNS; never rejects. */
export type Resolve = <Kind extends RecordKind>(name: string, kind: Kind) => Promise<DnsAnswer<Kind>>;

/** The validating resolver of this computer, such as unbound. */
export interface ResolverPlace {
  readonly address: string;
  readonly port: number;
}

/** What bounds one question. */
export interface ResolverLimits {
  /** One datagram; a lost one is sent again. */
  readonly datagramMs: number;
  readonly datagrams: number;
  readonly streamMs: number;
}

/** A validating resolver may have to walk from the root; unbound gives up by itself after some ten seconds. */
const resolverLimits: ResolverLimits = { datagramMs: 4_000, datagrams: 3, streamMs: 10_000 };

const loopback = networksOf(['127.0.0.0/8', '::1/128']);
const usualPort = 53;

/**
 * Where the resolver is, from a setting such as `127.0.0.1`, `127.0.0.1:5353` or `[::1]:53`; null for anything else. Only this computer: on any other way
 * somebody could set the flag we rely on (RFC 6840 §5.7, RFC 7672 §3.2.1).
 */
export function resolverPlace(setting: string): ResolverPlace | null {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:.]+?))(?::(\d{1,5}))?$/.exec(isIP(setting) === 6 ? `[${setting}]` : setting) ?? [];
  const address = bracketed ?? plain ?? '';
  const number = port === undefined ? usualPort : Number(port);
  return isWithin(loopback, address) && number >= 1 && number <= 65_535 ? { address, port: number } : null;
}

/** Asks the resolver of this computer by UDP, and by TCP what does not fit; its word on DNSSEC is believed. */
export function createResolver(place: ResolverPlace, limits: ResolverLimits = resolverLimits): Resolve {
  if (!isWithin(loopback, place.address)) throw new RangeError('bug: the resolver must be on this computer');
  return async <Kind extends RecordKind>(name: string, kind: Kind) => {
    const packet = questionBytes({ id: randomInt(65_536), name, kind });
    if (packet === null) return { kind: 'failed', cause: 'malformed' };
    const answer = await overDatagrams(place, packet, limits);
    if (answer.kind !== 'cut') return answer;
    const whole = await overStream(place, packet, limits);
    return whole.kind === 'cut' ? { kind: 'failed', cause: 'too-much' } : whole;
  };
}

interface Asked<Kind extends RecordKind> {
  readonly question: DnsQuestion<Kind>;
  readonly bytes: Buffer;
}

type Told<Kind extends RecordKind> = Exclude<ReadAnswer<Kind>, { readonly kind: 'stray' }>;

// What fits into one piece on every network (RFC 9715 and the DNS flag day of 2020); more comes by TCP.
const udpPayloadSize = 1_232;

function questionBytes<Kind extends RecordKind>(question: DnsQuestion<Kind>): Asked<Kind> | null {
  const isName = question.name.length <= 253 && question.name.split('.').every((label) => /^[!-~]{1,63}$/.test(label));
  if (!isName) return null;
  const bytes = encode({
    type: 'query', id: question.id, flags: RECURSION_DESIRED | AUTHENTIC_DATA,
    questions: [{ name: question.name, type: question.kind, class: 'IN' }],
    additionals: [{ type: 'OPT', name: '.', udpPayloadSize, extendedRcode: 0, ednsVersion: 0, flags: DNSSEC_OK, flag_do: true, options: [] }],
  });
  return { question, bytes };
}

async function overDatagrams<Kind extends RecordKind>(place: ResolverPlace, asked: Asked<Kind>, limits: ResolverLimits): Promise<Told<Kind>> {
  for (let tries = 1; ; tries += 1) {
    const told = await overDatagram(place, asked, limits.datagramMs);
    if (told.kind !== 'failed' || told.cause !== 'timeout' || tries >= limits.datagrams) return told;
  }
}

// A socket of its own for every question: its port is as hard to guess as its number (RFC 5452 §9.2), and the kernel drops what others send.
function overDatagram<Kind extends RecordKind>(place: ResolverPlace, { question, bytes }: Asked<Kind>, timeoutMs: number): Promise<Told<Kind>> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(place.address) ? 'udp6' : 'udp4');
    const settle = (told: Told<Kind>) => {
      clearTimeout(deadline);
      socket.removeAllListeners().on('error', () => undefined).close();
      resolve(told);
    };
    const deadline = setTimeout(() => settle({ kind: 'failed', cause: 'timeout' }), timeoutMs);
    socket.on('error', () => settle({ kind: 'failed', cause: 'unreachable' }));
    socket.on('message', (message) => {
      const told = readAnswer(message, question);
      if (told.kind !== 'stray') settle(told);
    });
    socket.connect(place.port, place.address, (...[fault]: readonly unknown[]) => {
      if (fault === undefined || fault === null) socket.send(bytes);
      else settle({ kind: 'failed', cause: 'unreachable' });
    });
  });
}

const lengthBytes = 2;

/** RFC 7766: the same question behind its length. */
function overStream<Kind extends RecordKind>(place: ResolverPlace, { question, bytes }: Asked<Kind>, { streamMs }: ResolverLimits): Promise<Told<Kind>> {
  return new Promise((resolve) => {
    const socket = connect({ host: place.address, port: place.port });
    const settle = (told: Told<Kind>) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(told);
    };
    const deadline = setTimeout(() => settle({ kind: 'failed', cause: 'timeout' }), streamMs);
    const received: Buffer[] = [];
    let size = 0;
    socket.on('error', () => settle({ kind: 'failed', cause: 'unreachable' }));
    socket.on('end', () => settle({ kind: 'failed', cause: 'malformed' }));
    socket.on('connect', () => {
      const head = Buffer.alloc(lengthBytes);
      head.writeUInt16BE(bytes.length);
      socket.write(Buffer.concat([head, bytes]));
    });
    socket.on('data', (chunk) => {
      received.push(chunk);
      size += chunk.length;
      const first = Buffer.concat(size < lengthBytes ? [] : received);
      // At most what the two bytes of the length can say.
      if (first.length < lengthBytes || first.length < lengthBytes + first.readUInt16BE(0)) return;
      const told = readAnswer(first.subarray(lengthBytes, lengthBytes + first.readUInt16BE(0)), question);
      settle(told.kind === 'stray' ? { kind: 'failed', cause: 'malformed' } : told);
    });
  });
}

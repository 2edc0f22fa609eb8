import { AUTHENTIC_DATA, decode, DNSSEC_OK, encode, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE, type Answer, type DecodedPacket, type Packet } from 'dns-packet';
import type { ZoneAnswer, ZoneQuestion } from './zone.js';

/** How a question came: a datagram has a size the asker can take, a stream has none. */
export type Carried = 'datagram' | 'stream';

const headerBytes = 12;
const responseFlag = 0x80;
const opcodeMask = 0x78;
const [formatError, notImplemented, refusedCode] = [1, 4, 5];
/** Without EDNS (RFC 1035 §4.2.1), and the most we send to whoever can take more (RFC 9715). */
const [plainMaxBytes, datagramMaxBytes] = [512, 1_232];

/**
 * The reply to these bytes, or null when none is due: they are shorter than a header, or themselves a reply, to which nobody answers. Never throws, and looks
 * up one question at most, whatever the bytes are.
 */
export const replyTo = (bytes: Buffer, carried: Carried, look: (question: ZoneQuestion) => ZoneAnswer): Buffer | null => {
  const flags = bytes.length < headerBytes ? responseFlag : bytes.readUInt8(2);
  if ((flags & responseFlag) !== 0) return null;
  const id = bytes.readUInt16BE(0);
  if ((flags & opcodeMask) !== 0) return encode({ type: 'response', id, flags: notImplemented });
  const packet = decoded(bytes);
  const [question, ...more] = packet?.questions ?? [];
  if (packet === null || question === undefined || more.length > 0) return encode({ type: 'response', id, flags: formatError });
  // A name that is not plain text is nobody's here, and would not come back as it was asked.
  if (question.class !== 'IN' || !isPlain(question.name)) return encode({ type: 'response', id, flags: refusedCode });
  const edns = (packet.additionals ?? []).find(({ type }) => type === 'OPT');
  const opt = edns?.type === 'OPT' ? edns : null;
  const { rcode, secure, answers } = look(question);
  // RFC 6840 §5.8: whoever asks for neither AD nor DNSSEC records is told nothing of them.
  const tells = packet.flag_ad || opt?.flag_do === true;
  const common = RECURSION_AVAILABLE | (packet.flag_rd ? RECURSION_DESIRED : 0) | rcode;
  const same: Packet = { type: 'response', id, questions: [question], ...(opt === null ? {} : { additionals: [ednsOf(opt.flag_do)] }) };
  const whole = encode({ ...same, flags: common | (secure && tells ? AUTHENTIC_DATA : 0), answers: [...answers] });
  const most = opt === null ? plainMaxBytes : Math.max(plainMaxBytes, Math.min(opt.udpPayloadSize, datagramMaxBytes));
  return carried === 'stream' || whole.length <= most ? whole : encode({ ...same, flags: common | TRUNCATED_RESPONSE });
};

const decoded = (bytes: Buffer): DecodedPacket | null => {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
};

const isPlain = (name: string): boolean => name.length <= 253 && /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/i.test(name);

const ednsOf = (wantsDnssec: boolean): Answer =>
  ({ type: 'OPT', name: '.', udpPayloadSize: datagramMaxBytes, extendedRcode: 0, ednsVersion: 0, flags: wantsDnssec ? DNSSEC_OK : 0, flag_do: wantsDnssec, options: [] });

import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { replyTo, type Carried } from './packet.js';
import { answerFrom, type DnsFault, type MailDomain } from './zone.js';

/** The resolver of practice, listening. */
export interface PracticeDns {
  readonly address: string;
  readonly port: number;
  /** Holds from the next question on; null: nothing is wrong. */
  readonly setFault: (domain: string, fault: DnsFault | null) => void;
  readonly close: () => Promise<void>;
}

/** What it is started with. */
export interface PracticeDnsOptions {
  readonly domains: readonly MailDomain[];
  readonly now: () => Date;
}

const address = '127.0.0.1';
/** Of streams: how many at once, how long one may be silent, and how much of what we say it may leave unread. */
const [streamsMax, silentMaxMs, unreadMaxBytes] = [64, 5_000, 65_536];
const portTries = 20;

/**
 * A stand-in for a validating resolver, for practice alone: it knows the domains of the practice parties by heart and sets the flag AD itself. There is no
 * chain of trust behind that flag, so it listens on this computer only, and a hub for real parties refuses to use it (`practiceResolverMark`). That the hub
 * judges a real chain rightly is shown with nsd and unbound, in test/e2e/dnssec-lab.spec.ts.
 */
export const startPracticeDns = async ({ domains, now }: PracticeDnsOptions): Promise<PracticeDns> => {
  const faults = new Map<string, DnsFault>();
  const reply = (bytes: Buffer, carried: Carried): Buffer | null => replyTo(bytes, carried, (question) => answerFrom(domains, (domain) => faults.get(domain) ?? null, question, now()));
  const streams = new Set<Socket>();
  const server = createServer((socket) => serveStream(socket, streams, reply));
  const { port, datagrams } = await listenOnBoth(server);
  datagrams.on('error', () => undefined);
  datagrams.on('message', (bytes, from) => {
    const answer = reply(bytes, 'datagram');
    if (answer !== null) datagrams.send(answer, from.port, from.address);
  });
  return {
    address, port,
    setFault: (domain, fault) => void (fault === null ? faults.delete(domain) : faults.set(domain, fault)),
    close: async () => {
      for (const socket of streams) socket.destroy();
      await Promise.all([new Promise((resolve) => server.close(resolve)), new Promise<void>((resolve) => datagrams.close(resolve))]);
    },
  };
};

/** One port for datagrams and streams, as a resolver has it; the system gives one to streams, and it must be free for datagrams too. */
const listenOnBoth = async (server: Server): Promise<{ readonly port: number; readonly datagrams: DatagramSocket }> => {
  for (let tries = 1; ; tries += 1) {
    await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, address, resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const datagrams = createSocket('udp4');
    try {
      await new Promise<void>((resolve, reject) => void datagrams.once('error', reject).bind(port, address, resolve));
      return { port, datagrams };
    } catch (fault) {
      datagrams.close();
      await new Promise((resolve) => server.close(resolve));
      if (tries >= portTries) throw fault;
    }
  }
};

const lengthBytes = 2;

/** RFC 7766: questions behind their lengths, answered in the order in which they came. */
const serveStream = (socket: Socket, streams: Set<Socket>, reply: (bytes: Buffer, carried: Carried) => Buffer | null): void => {
  if (streams.size >= streamsMax) return void socket.destroy();
  streams.add(socket);
  let waiting: Buffer = Buffer.alloc(0);
  socket.setTimeout(silentMaxMs, () => socket.destroy());
  socket.on('error', () => undefined).once('close', () => streams.delete(socket));
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= lengthBytes && waiting.length >= lengthBytes + waiting.readUInt16BE(0)) {
      const end = lengthBytes + waiting.readUInt16BE(0);
      const answer = reply(waiting.subarray(lengthBytes, end), 'stream');
      waiting = waiting.subarray(end);
      // Whoever sends what is no question, or asks on and never reads, gets nothing more.
      if (answer === null || socket.writableLength > unreadMaxBytes) return void socket.destroy();
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    }
  });
};

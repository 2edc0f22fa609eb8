import { connect, createServer, type Socket } from 'node:net';

/** A port of this computer that leads to the first of several places where somebody listens, and can be cut as a network is. */
export interface Gate {
  readonly port: number;
  /** Ends every connection and takes none until `open`. */
  readonly cut: () => void;
  /** Everything goes through again, also what was on its way when the gate was held. */
  readonly open: () => void;
  /** Brings nothing from either side to the other until `open`, and ends nothing: both still believe in their connections, as when a network splits. */
  readonly hold: () => void;
  readonly close: () => Promise<void>;
}

const host = '127.0.0.1';

/** Opens a gate; `to` is asked anew for every connection, so places may come and go. */
export const openGate = async (to: () => readonly number[]): Promise<Gate> => {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'held' = 'open';
  /** Both sides of what goes through, by the side that asked. */
  const pairs = new Map<Socket, Socket>();
  /** Nobody beyond hears of a connection that is made while the gate is held. */
  const waiting = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket));
  };
  const join = (socket: Socket, beyond: Socket): void => {
    // While it is held neither side hears that the other went.
    const part = (): void => {
      if (state === 'held') return;
      pairs.delete(socket);
      socket.destroy();
      beyond.destroy();
    };
    socket.once('close', part);
    beyond.on('error', part).once('close', part);
    pairs.set(socket, beyond);
    if (state === 'open') letThrough(socket, beyond);
  };
  const take = (socket: Socket): void => {
    void firstOpen(to(), keep).then((beyond) => {
      if (beyond === null || socket.destroyed || state === 'cut') {
        beyond?.destroy();
        return void socket.destroy();
      }
      join(socket, beyond);
    });
  };
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    keep(socket).on('error', () => socket.destroy()).once('close', () => waiting.delete(socket));
    if (state === 'cut') return void socket.destroy();
    if (state === 'held') return void waiting.add(socket);
    take(socket);
  });
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  const cutAll = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut: () => {
      state = 'cut';
      cutAll();
    },
    open: () => {
      const heldBack = state === 'held' ? [...pairs] : [];
      state = 'open';
      for (const [socket, beyond] of heldBack) if (!letThrough(socket, beyond)) pairs.delete(socket);
      for (const socket of waiting) take(socket);
      waiting.clear();
    },
    hold: () => {
      state = 'held';
      for (const [socket, beyond] of pairs) holdBack(socket, beyond);
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      cutAll();
      await closed;
    },
  };
};

/** False when one side went meanwhile: now the other hears of it. */
const letThrough = (socket: Socket, beyond: Socket): boolean => {
  if (socket.destroyed || beyond.destroyed) {
    socket.destroy();
    beyond.destroy();
    return false;
  }
  socket.pipe(beyond).pipe(socket);
  return true;
};

/** What comes in is kept, as a network sends it again until it arrives. */
const holdBack = (socket: Socket, beyond: Socket): void => {
  socket.unpipe(beyond).pause();
  beyond.unpipe(socket).pause();
};

const firstOpen = async (ports: readonly number[], keep: (socket: Socket) => Socket): Promise<Socket | null> => {
  for (const port of ports) {
    const beyond = keep(connect({ port, host }));
    const isOpen = await new Promise<boolean>((resolve) => void beyond.once('connect', () => resolve(true)).once('error', () => resolve(false)));
    if (isOpen) return beyond;
    beyond.destroy();
  }
  return null;
};

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { IntakeLimits } from './limits.js';
import { bareNewlineWatch } from './newlines.js';
import { farewells, type IntakeRefusal, type RefusalReason } from './replies.js';

const lingerMs = 1_000;
/** Plain command bytes before TLS: greeting, STARTTLS and some slack. */
const plainMaxBytes = 4_096;

/** One connection of a peer. */
export interface Link {
  readonly address: string;
  readonly secured: () => { readonly tlsVersion: string; readonly cipher: string } | null;
  /** True once a bare CR or LF came over this connection; nothing is accepted from it any more. */
  readonly poisoned: () => boolean;
  /** The plain connection is up: counts its bytes. */
  readonly opened: () => void;
  /** TLS stands: watches everything that comes out of it. Must be called before anything else reads the socket. */
  readonly upgraded: (socket: TLSSocket) => void;
  readonly phase: (phase: 'commands' | 'mail' | 'receiving') => void;
  /** True while the peer can still be answered. */
  readonly answers: () => boolean;
  readonly refuse: (reason: RefusalReason) => void;
  /** Writes the last line and closes; what the peer still sends is thrown away. */
  readonly end: (farewell: string | null) => void;
}

/** The connections that are open now, with their limits. */
export interface Links {
  /** Null: there are too many; the peer was told to come back, or had already gone. */
  readonly admit: (id: string, socket: Socket) => Link | null;
  readonly find: (id: string) => Link | null;
  readonly forget: (id: string) => void;
  /** Ends every connection that carries no mail now; the others end after their reply. */
  readonly close: () => void;
  /** Cuts whatever is still open. */
  readonly destroy: () => void;
}

interface OpenLink extends Link {
  readonly idle: () => boolean;
  readonly destroy: () => void;
}

/** Returns an empty set of connections. */
export function links(limits: IntakeLimits, onRefused: (event: IntakeRefusal) => void): Links {
  const open = new Map<string, OpenLink>();
  const state = { closing: false };
  return {
    admit: (id, socket) => {
      if (socket.destroyed) return null;
      const address = socket.remoteAddress ?? 'unknown';
      const sameAddress = [...open.values()].filter((link) => link.address === address).length;
      const link = openLink({ socket, address, limits, onRefused, closing: () => state.closing });
      if (open.size >= limits.connectionsMax || sameAddress >= limits.connectionsPerAddressMax) {
        link.refuse('too-many-connections');
        link.end(farewells.full);
        return null;
      }
      open.set(id, link);
      return link;
    },
    find: (id) => open.get(id) ?? null,
    forget: (id) => {
      open.get(id)?.destroy();
      open.delete(id);
    },
    close: () => {
      state.closing = true;
      for (const link of open.values()) if (link.idle()) link.end(farewells.closing);
    },
    destroy: () => {
      for (const link of open.values()) link.destroy();
    },
  };
}

interface LinkOptions {
  readonly socket: Socket;
  readonly address: string;
  readonly limits: IntakeLimits;
  readonly onRefused: (event: IntakeRefusal) => void;
  readonly closing: () => boolean;
}

function openLink({ socket: plain, address, limits, onRefused, closing }: LinkOptions): OpenLink {
  let socket = plain;
  let secured: { tlsVersion: string; cipher: string } | null = null;
  let phase: 'commands' | 'mail' | 'receiving' = 'commands';
  let poisoned = false;
  let commandBytes = 0;
  let gone = false;
  let deadline = setTimeout(() => tooSlow(), limits.secureDeadlineMs);

  const refuse = (reason: RefusalReason) => onRefused({ reason, remoteAddress: address });
  const end = (farewell: string | null) => {
    gone = true;
    clearTimeout(deadline);
    socket.on('error', () => socket.destroy());
    if (farewell === null) socket.end();
    else socket.end(farewell);
    socket.resume();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  };
  const tooSlow = () => {
    refuse('too-slow');
    // Before TLS stands a handshake may be half way: a plain line in the middle of it helps nobody.
    if (secured === null) socket.destroy();
    else end(farewells.tooSlow);
  };
  const arm = () => {
    clearTimeout(deadline);
    if (!gone) deadline = setTimeout(() => tooSlow(), limits.mailDeadlineMs);
  };
  const countCommands = (bytes: number, maxBytes: number) => {
    commandBytes += bytes;
    if (commandBytes <= maxBytes || socket.destroyed || socket.writableEnded) return;
    refuse('too-many-commands');
    end(farewells.tooManyCommands);
  };
  const upgraded = (tls: TLSSocket) => {
    socket = tls;
    secured = { tlsVersion: tls.getProtocol() ?? 'unknown', cipher: tls.getCipher().name };
    commandBytes = 0;
    arm();
    const watch = bareNewlineWatch();
    tls.on('data', (chunk: Buffer) => {
      poisoned = watch(chunk);
      if (phase === 'commands') countCommands(chunk.length, limits.commandsMaxBytes);
    });
  };
  return {
    address,
    secured: () => secured,
    poisoned: () => poisoned,
    opened: () => plain.on('data', (chunk: Buffer) => countCommands(chunk.length, plainMaxBytes)),
    upgraded,
    phase: (next) => {
      phase = next;
      if (next === 'receiving') clearTimeout(deadline);
      if (next !== 'commands') return;
      commandBytes = 0;
      arm();
      if (closing()) end(farewells.closing);
    },
    answers: () => !gone && !socket.destroyed && socket.writable, refuse, end,
    idle: () => phase === 'commands',
    destroy: () => {
      gone = true;
      clearTimeout(deadline);
      socket.destroy();
    },
  };
}

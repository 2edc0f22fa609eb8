import type { Readable } from 'node:stream';

/** Counts the mail bytes held in memory by all connections together. */
export interface HeldBytes {
  /** False when the bytes do not fit; then nothing was counted. */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
}

/** Counts per address within one count over all; an address that holds nothing takes no memory. */
export function heldPerAddress(all: HeldBytes, maxBytes: number): (address: string) => HeldBytes {
  const byAddress = new Map<string, number>();
  return (address) => ({
    take: (bytes) => {
      const held = (byAddress.get(address) ?? 0) + bytes;
      if (held > maxBytes || !all.take(bytes)) return false;
      byAddress.set(address, held);
      return true;
    },
    give: (bytes) => {
      all.give(bytes);
      const held = (byAddress.get(address) ?? 0) - bytes;
      if (held > 0) byAddress.set(address, held);
      else byAddress.delete(address);
    },
  });
}

/** Returns an empty count with a fixed maximum. */
export function heldBytes(maxBytes: number): HeldBytes {
  let held = 0;
  return {
    take: (bytes) => {
      if (held + bytes > maxBytes) return false;
      held += bytes;
      return true;
    },
    give: (bytes) => {
      held -= bytes;
    },
  };
}

/** How the content of one mail ended. `complete` counts in the held bytes until `release` is called. */
export type Collected =
  | { readonly kind: 'complete'; readonly raw: Buffer; readonly release: () => void }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'no-room' }
  | { readonly kind: 'cut-off' };

/** Reads one mail to its end. What is too large or finds no room is read and thrown away, so that the reply reaches the sender. */
export function collect(stream: Readable, limits: { readonly sizeMaxBytes: number; readonly held: HeldBytes }): Promise<Collected> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    let dropped: 'too-large' | 'no-room' | null = null;
    const drop = (why: 'too-large' | 'no-room') => {
      dropped = why;
      chunks.length = 0;
      limits.held.give(sizeBytes);
      sizeBytes = 0;
    };
    stream.on('data', (chunk: Buffer) => {
      if (dropped !== null) return;
      if (sizeBytes + chunk.length > limits.sizeMaxBytes) return drop('too-large');
      if (!limits.held.take(chunk.length)) return drop('no-room');
      sizeBytes += chunk.length;
      chunks.push(chunk);
    });
    stream.once('end', () => {
      if (dropped !== null) return resolve({ kind: dropped });
      const raw = Buffer.concat(chunks, sizeBytes);
      chunks.length = 0;
      resolve({ kind: 'complete', raw, release: () => limits.held.give(raw.length) });
    });
    // Without a listener an error of the line would stop the process; 'close' tells us all there is to know.
    stream.on('error', () => stream.destroy());
    // The client left before the final dot: RFC 5321 §4.1.1.4, the mail is not ours.
    stream.once('close', () => {
      if (stream.readableEnded) return;
      if (dropped === null) limits.held.give(sizeBytes);
      resolve({ kind: 'cut-off' });
    });
  });
}

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

/** What bounds one mail, and how long its sender said it is (SIZE, RFC 1870); null when it did not say. */
export interface CollectLimits {
  readonly sizeMaxBytes: number;
  readonly announcedBytes: number | null;
  readonly held: HeldBytes;
}

/** Reads one mail to its end. What is too large or finds no room is read and thrown away, so that the reply reaches the sender. */
export function collect(stream: Readable, limits: CollectLimits): Promise<Collected> {
  return new Promise((resolve) => {
    const bytes = growing(limits);
    let dropped: 'too-large' | 'no-room' | null = null;
    const drop = (why: 'too-large' | 'no-room') => {
      dropped = why;
      limits.held.give(bytes.size());
      bytes.clear();
    };
    stream.on('data', (chunk: Buffer) => {
      if (dropped !== null) return;
      if (bytes.size() + chunk.length > limits.sizeMaxBytes) return drop('too-large');
      if (!limits.held.take(chunk.length)) return drop('no-room');
      bytes.add(chunk);
    });
    stream.once('end', () => {
      if (dropped !== null) return resolve({ kind: dropped });
      const sizeBytes = bytes.size();
      resolve({ kind: 'complete', raw: bytes.take(), release: () => limits.held.give(sizeBytes) });
    });
    // Without a listener an error of the line would stop the process; 'close' tells us all there is to know.
    stream.on('error', () => stream.destroy());
    // The client left before the final dot: RFC 5321 §4.1.1.4, the mail is not ours.
    stream.once('close', () => {
      if (stream.readableEnded) return;
      if (dropped === null) limits.held.give(bytes.size());
      bytes.clear();
      resolve({ kind: 'cut-off' });
    });
  });
}

const smallBytes = 256 * 1024;
/** A sender who only says that much will come makes us reserve this many times what came, and no more. */
const reserveTimes = 16;

/**
 * The bytes of one mail as they come. A small one is joined at its end; a large one is written where it will stay, for joining it would hold it
 * twice. Memory that was reserved and not yet written to costs nothing.
 */
function growing({ sizeMaxBytes, announcedBytes }: CollectLimits) {
  let chunks: Buffer[] = [];
  let place: Buffer | null = null;
  let size = 0;
  const reserve = (atLeast: number): Buffer => {
    const wanted = announcedBytes !== null && announcedBytes >= atLeast ? announcedBytes : sizeMaxBytes;
    const larger = Buffer.allocUnsafeSlow(Math.min(wanted, sizeMaxBytes, atLeast * reserveTimes));
    if (place !== null) place.copy(larger, 0, 0, size);
    let at = 0;
    for (const chunk of chunks) at += chunk.copy(larger, at);
    chunks = [];
    return larger;
  };
  return {
    size: () => size,
    add: (chunk: Buffer) => {
      if (place === null && size + chunk.length <= smallBytes) chunks.push(chunk);
      else {
        if (place === null || size + chunk.length > place.length) place = reserve(size + chunk.length);
        chunk.copy(place, size);
      }
      size += chunk.length;
    },
    take: (): Buffer => {
      const whole = place === null ? Buffer.concat(chunks, size) : place.subarray(0, size);
      chunks = [];
      place = null;
      return whole;
    },
    clear: () => {
      chunks = [];
      place = null;
      size = 0;
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicy, parseVerifierKey, type LogPolicy, type WitnessAnswer } from '@ketensluis/tlog';
import { serveWitness, type WitnessServer } from '../../apps/witness/server.js';
import { openWitness, type Witness } from '../../apps/witness/witness.js';

/** What a witness of a test does: its own work, nothing at all, or what the test says. */
export type WitnessBehaviour = 'honest' | 'silent' | ((body: Uint8Array, honest: Witness['add']) => Promise<WitnessAnswer>);

/** Real witnesses of one log, each with its own key, folder and port. */
export interface TestWitnesses {
  readonly policy: LogPolicy;
  readonly folder: string;
  readonly behave: (place: number, behaviour: WitnessBehaviour) => void;
  /** Stops listening, as a machine that is switched off; `start` brings it back at the same port. */
  readonly stop: (place: number) => Promise<void>;
  readonly start: (place: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How many, how many of them are enough, and whose clock they look at. */
export interface WitnessesWanted {
  readonly vkey: string;
  readonly count: number;
  readonly enough: number;
  readonly now: () => Date;
}

/** Starts witnesses on this machine. */
export const startWitnesses = async ({ vkey, count, enough, now }: WitnessesWanted): Promise<TestWitnesses> => {
  const key = parseVerifierKey(vkey);
  if ('kind' in key) throw new Error(key.detail);
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-witnesses-'));
  const behaviours: WitnessBehaviour[] = Array.from({ length: count }, () => 'honest');
  const witnesses = await Promise.all(behaviours.map((_, place) => openWitness({ folder: join(folder, `${place}`), name: `witness-${place}.example`, logs: [key], now })));
  const add = (place: number) => (body: Uint8Array): Promise<WitnessAnswer> => {
    const [behaviour, honest] = [behaviours[place], witnesses[place]];
    if (behaviour === undefined || honest === undefined) throw new Error(`no witness ${place}`);
    if (behaviour === 'silent') return new Promise(() => undefined);
    return behaviour === 'honest' ? honest.add(body) : behaviour(body, honest.add);
  };
  const listen = (place: number, port: number): Promise<WitnessServer> => serveWitness(add(place), { host: '127.0.0.1', port, failed: () => undefined });
  const servers = await Promise.all(witnesses.map((_, place) => listen(place, 0)));
  const serverAt = (place: number): WitnessServer => {
    const server = servers[place];
    if (server === undefined) throw new Error(`no witness ${place}`);
    return server;
  };
  const lines = witnesses.map((one, place) => `witness w${place} ${one.vkey} ${serverAt(place).url}`);
  const policy = parsePolicy(Buffer.from([`log ${vkey}`, ...lines, `group g ${enough} ${lines.map((_, place) => `w${place}`).join(' ')}`, 'quorum g', ''].join('\n')));
  if ('kind' in policy) throw new Error(policy.detail);
  return {
    policy, folder,
    behave: (place, behaviour) => {
      behaviours[place] = behaviour;
    },
    stop: (place) => serverAt(place).close(),
    start: async (place) => {
      servers[place] = await listen(place, serverAt(place).port);
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

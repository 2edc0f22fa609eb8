import { setTimeout as pause } from 'node:timers/promises';
import type { DrillHub } from './hub.js';

/** What a drill does to a hub. */
const faultKinds = ['kill', 'freeze', 'kill-parties', 'cut-database', 'kill-database', 'cut-parties', 'cut-broker', 'split-broker', 'kill-broker', 'fill-disk', 'move-clock'] as const;
/** One of `faultKinds`. */
export type FaultKind = (typeof faultKinds)[number];

/** A fault that was made. */
export interface Fault {
  readonly kind: FaultKind;
  /** Of the process it was done to; null for what has none. */
  readonly what: string | null;
  readonly at: Date;
  /** When it was over: the process runs again, the line is whole. */
  readonly overAt: Date;
}

/** A number in [0, 1) from a seed, so that a drill can be had again (mulberry32). */
export const chanceFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** How often each comes, against the others. Processes of the hub are killed most: that is what a night brings. */
const weights: Readonly<Record<FaultKind, number>> = {
  kill: 12, freeze: 3, 'kill-parties': 2, 'cut-database': 2, 'kill-database': 1, 'cut-parties': 2, 'cut-broker': 2, 'split-broker': 1, 'kill-broker': 1, 'fill-disk': 1, 'move-clock': 1,
};

/** The next fault, of those that can be made here. */
export const nextFault = (can: readonly FaultKind[], chance: () => number): FaultKind => {
  const total = can.reduce((sum, kind) => sum + weights[kind], 0);
  let left = chance() * total;
  for (const kind of can) {
    left -= weights[kind];
    if (left < 0) return kind;
  }
  return 'kill';
};

const brokerFaults = ['cut-broker', 'split-broker', 'kill-broker'] as const satisfies readonly FaultKind[];

/** What can be made here, and why the rest can not. */
export const harmOf = (hub: DrillHub): Harm => {
  const missing: readonly (readonly [FaultKind, string])[] = [
    ...(hub.disk === null ? [['fill-disk', 'a full disk: this account may not mount one to fill'] as const] : []),
    ...(hub.broker === null ? brokerFaults.map((kind) => [kind, `${kind}: the queue is in the database (--broker)`] as const) : []),
  ];
  return { hub, can: faultKinds.filter((kind) => !missing.some(([left]) => left === kind)), leftOut: missing.map(([, why]) => why) };
};

const freezeMs = 3_000;
const cutMs = 2_000;
/** From shorter than it takes both sides to miss each other's heartbeats to well past that. */
const splitMinMs = 12_000;
const splitMaxMs = 45_000;
const upMaxMs = 120_000;
const lookMs = 50;

/** What can be done to a hub. */
export interface Harm {
  readonly hub: DrillHub;
  /** What can be made here. */
  readonly can: readonly FaultKind[];
  /** What can not, each with the reason. */
  readonly leftOut: readonly string[];
}

/** Makes one fault and resolves when it is over. */
export const makeFault = async (kind: FaultKind, hub: DrillHub, chance: () => number): Promise<Fault> => {
  const at = new Date();
  const member = kind === 'kill-parties' ? hub.parties : hub.members[Math.floor(chance() * hub.members.length)];
  if (member === undefined) throw new Error('bug: a hub without processes');
  const over = (what: string | null): Fault => ({ kind, what, at, overAt: new Date() });
  switch (kind) {
    case 'kill':
    case 'kill-parties':
      member.kill();
      await until(() => member.pid() !== null);
      return over(member.name);
    case 'freeze':
      member.freeze();
      await pause(freezeMs);
      member.thaw();
      return over(member.name);
    case 'cut-database':
      return between(hub.database.gate.cut, hub.database.gate.open, over);
    case 'kill-database':
      await hub.database.killAndStart();
      return over('PostgreSQL');
    case 'cut-parties':
      return between(() => {
        [hub.smtp, hub.api].forEach((gate) => gate.cut());
        hub.listeners.forEach((one) => one.leave());
      }, () => {
        [hub.smtp, hub.api].forEach((gate) => gate.open());
        hub.listeners.forEach((one) => one.come());
      }, over);
    case 'cut-broker':
      return between(() => hub.broker?.gate.cut(), () => hub.broker?.gate.open(), over);
    case 'split-broker':
      // Nobody is told: both sides stay up, and neither hears the other.
      return between(() => hub.broker?.gate.hold(), () => hub.broker?.gate.open(), over, splitMinMs + chance() * (splitMaxMs - splitMinMs));
    case 'kill-broker':
      await hub.broker?.killAndStart();
      return over('RabbitMQ');
    case 'fill-disk':
      await hub.disk?.fill();
      await pause(cutMs);
      await hub.disk?.free();
      return over(null);
    case 'move-clock':
      // The clock of the chain is everybody's: the hub stands still until the parties have the new time too. What was signed before and arrives after is not
      // refused as old, but asked for again.
      hub.listeners.forEach((one) => one.leave());
      hub.members.forEach((one) => one.freeze());
      await hub.command('practice', 'clock', '+3h');
      await hub.clock.refresh();
      await pause(freezeMs);
      hub.members.forEach((one) => one.thaw());
      await pause(cutMs);
      hub.listeners.forEach((one) => one.come());
      return over(null);
  }
};

const between = async (cut: () => void, mend: () => void, over: (what: null) => Fault, forMs = cutMs): Promise<Fault> => {
  cut();
  await pause(forMs);
  mend();
  return over(null);
};

const until = async (holds: () => boolean): Promise<void> => {
  for (const giveUpAt = performance.now() + upMaxMs; !holds(); await pause(lookMs)) if (performance.now() > giveUpAt) throw new Error('a process that was killed does not start again');
};

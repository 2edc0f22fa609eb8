import type { Hub, Ring } from '@ketensluis/platform';
import { startLoop, type Loop, type LoopOptions } from './loop.js';

/** What one role brings to the process that has it. */
export interface Part {
  readonly loops: readonly Loop[];
  /** Which of its loops a ring wakes. */
  readonly hears: Partial<Readonly<Record<Ring, readonly Loop[]>>>;
  /** Resolves when nothing is under way any more; asked after every loop has stopped. */
  readonly ended: () => Promise<void>;
}

/** A loop looks by itself this often, so that a ring that got lost costs little. */
export const idleMs = 2_000;
/** Terms are minutes or longer. */
export const watchMs = 15_000;

/** How one loop of a part differs from the others. */
export interface LoopOrder {
  readonly name: string;
  readonly step: () => Promise<boolean>;
  /** As of `LoopOptions`; 0 when absent. */
  readonly spacingMs?: LoopOptions['spacingMs'];
  /** As of `LoopOptions`; `idleMs` when absent. */
  readonly restMs?: number;
}

/** Starts a loop whose faults are logged and tried again; none stops the process. */
export const loopOf = (hub: Pick<Hub, 'events'>, { name, step, spacingMs = 0, restMs = idleMs }: LoopOrder): Loop =>
  startLoop({ step, idleMs: restMs, spacingMs, failed: failing(hub, name) });

/** What tells of a fault of `name`. */
export const failing = (hub: Pick<Hub, 'events'>, name: string) => (error: unknown): void => hub.events.fault(`${name}.failed`, error);

/** True when other registers hold than those of `mark`; rejects when they cannot be used. */
export const isOther = async (hub: Hub, mark: string): Promise<boolean> => (await hub.registers.current()).mark !== mark;

import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const triesMost = 150;
const pauseMs = 100;

/** Resolves when something on this port of the loopback takes connections; rejects, naming `who`, after 15 s. */
export const untilListening = async (port: number, who: string): Promise<void> => {
  for (let tries = 0; tries < triesMost; tries += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      }).once('error', () => resolve(false));
    });
    if (isOpen) return;
    await pause(pauseMs);
  }
  throw new Error(`${who} did not come up`);
};

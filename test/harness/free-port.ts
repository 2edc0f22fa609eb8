import { createServer } from 'node:net';

const lowest = 20_000;
const span = 12_000;

/**
 * A port of this machine that nobody listens on, below the range from which the system gives ports to outgoing connections: one of those would
 * take it between looking and using.
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const port = lowest + Math.floor(Math.random() * span);
    const probe = createServer();
    probe.once('error', () => resolve(freePort()));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });

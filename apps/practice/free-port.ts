import { createServer } from 'node:net';

const lowest = 20_000;
const span = 1_000;
const spans = 12;
// Processes beside each other look in different places, and none gives a port out twice: between looking and using nobody holds it.
const first = lowest + (process.pid % spans) * span;
const given = new Set<number>();

/**
 * A port of this machine that nobody listens on, below the range from which the system gives ports to outgoing connections: one of those would
 * take it between looking and using.
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const port = first + Math.floor(Math.random() * span);
    if (given.has(port)) return void resolve(freePort());
    given.add(port);
    if (given.size > span / 2) given.clear();
    const probe = createServer();
    probe.once('error', () => resolve(freePort()));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });

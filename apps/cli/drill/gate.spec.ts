import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { openGate, type Gate } from './gate.js';

describe('a gate', () => {
  const opened: { close: () => unknown }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });

  /** Somebody who says back what is said, and notes who came and went. */
  const echo = async () => {
    const heard: string[] = [];
    const server: Server = createServer((socket) => {
      heard.push('came');
      socket.on('data', (data) => {
        heard.push(String(data));
        socket.write(data);
      }).once('close', () => heard.push('went')).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    opened.push(server);
    const address = server.address();
    return { heard, port: typeof address === 'object' && address !== null ? address.port : 0 };
  };
  const caller = (gate: Gate) => {
    const heard: string[] = [];
    const socket: Socket = connect(gate.port, '127.0.0.1').on('data', (data) => void heard.push(String(data))).on('error', () => undefined).once('close', () => heard.push('ended'));
    opened.push({ close: () => socket.destroy() });
    return { heard, socket };
  };
  const gateTo = async (port: number): Promise<Gate> => {
    const gate = await openGate(() => [port]);
    opened.push(gate);
    return gate;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (const last = performance.now() + 20_000; performance.now() < last; await pause(10)) if (holds()) return;
    throw new Error('it does not come about');
  };

  test('that is held brings nothing and ends nothing; once it opens, what was on its way arrives, in order', async () => {
    const beyond = await echo();
    const gate = await gateTo(beyond.port);
    const before = caller(gate);
    before.socket.write('1');
    await until(() => before.heard.join('') === '1');
    gate.hold();
    before.socket.write('2');
    const meanwhile = caller(gate);
    meanwhile.socket.write('a');
    await pause(200);
    before.socket.write('3');
    await pause(200);
    expect([before.heard, meanwhile.heard, beyond.heard]).toEqual([['1'], [], ['came', '1']]);
    gate.open();
    gate.open();
    await until(() => before.heard.join('') === '123' && meanwhile.heard.join('') === 'a');
    before.socket.write('4');
    await until(() => before.heard.join('') === '1234');
  });

  test('that is held does not tell that one side went, until it opens', async () => {
    const beyond = await echo();
    const gate = await gateTo(beyond.port);
    const one = caller(gate);
    one.socket.write('1');
    await until(() => one.heard.length === 1);
    gate.hold();
    one.socket.destroy();
    await pause(200);
    expect(beyond.heard).toEqual(['came', '1']);
    gate.open();
    await until(() => beyond.heard.at(-1) === 'went');
  });

  test('that is cut ends every connection and takes none', async () => {
    const beyond = await echo();
    const gate = await gateTo(beyond.port);
    const one = caller(gate);
    one.socket.write('1');
    await until(() => one.heard.length === 1);
    gate.cut();
    await until(() => one.heard.at(-1) === 'ended' && beyond.heard.at(-1) === 'went');
    const late = caller(gate);
    await until(() => late.heard.at(-1) === 'ended');
    gate.open();
    const again = caller(gate);
    again.socket.write('2');
    await until(() => again.heard.join('') === '2');
  });
});

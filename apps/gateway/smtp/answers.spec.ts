import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeIntakes, envelope, intake, leaveToTest, secured } from './intake.fixture.js';
import type { IntakeReply } from './replies.js';

afterEach(closeIntakes);

describe('the answer after a mail', () => {
  const answers: readonly (readonly [string, IntakeReply, string])[] = [
    ['a refusal', { kind: 'refused', code: 550, enhanced: '5.7.1', text: 'not accepted' }, '550 5.7.1 not accepted'],
    ['a refusal for good', { kind: 'refused', code: 554, enhanced: '5.6.0', text: 'not readable' }, '554 5.6.0 not readable'],
    ['later', { kind: 'later', code: 451, enhanced: '4.3.0', text: 'try again later' }, '451 4.3.0 try again later'],
  ];
  test.each(answers)('%s is passed on as it is, and the connection goes on', async (_name, answer, line) => {
    const hub = await intake({ receive: async () => answer });
    const peer = await secured(hub.port);
    await envelope(peer);
    expect(await peer.say('x\r\n.')).toBe(line);
    expect(await peer.say('NOOP')).toMatch(/^250/);
    peer.close();
  });

  test('a fault in receive is 451 and never says what it was', async () => {
    const hub = await intake({ receive: () => Promise.reject(new Error('password of the database')) });
    const peer = await secured(hub.port);
    await envelope(peer);
    expect(await peer.say('x\r\n.')).toBe('451 4.3.0 try again later');
    expect(hub.faults).toHaveLength(1);
    peer.close();
  });

  test('a receive that hangs is 451', async () => {
    const hub = await intake({ receive: () => new Promise(() => {}), receiveMaxMs: 200 });
    leaveToTest(hub.port);
    const peer = await secured(hub.port);
    await envelope(peer);
    expect(await peer.say('x\r\n.')).toBe('451 4.3.0 try again later');
    peer.close();
    await hub.close();
  });

  test('there is no 250 before receive is done', async () => {
    let store = () => {};
    const hub = await intake({ receive: () => new Promise((resolve) => (store = () => resolve({ kind: 'accepted', id: 'M1' }))) });
    const peer = await secured(hub.port);
    await envelope(peer);
    await peer.send('x\r\n.\r\n');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(peer.rest()).toBe('');
    store();
    expect(await peer.reply()).toBe('250 2.6.0 accepted M1');
    peer.close();
  });

  test('a client that leaves while receive runs loses nothing, and close waits for it', async () => {
    const stored: string[] = [];
    let isUnderWay = false;
    const hub = await intake({
      receive: async (one) => {
        isUnderWay = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
        stored.push(one.raw.toString());
        return { kind: 'accepted', id: 'M1' };
      },
    });
    const peer = await secured(hub.port);
    await envelope(peer);
    await peer.send('blijft\r\n.\r\n');
    while (!isUnderWay) await new Promise((resolve) => setTimeout(resolve, 10));
    peer.close();
    await hub.close();
    expect(stored).toEqual(['blijft\r\n']);
  });

  test('a client that leaves before the final dot leaves nothing behind', async () => {
    const hub = await intake();
    const peer = await secured(hub.port);
    await envelope(peer);
    await peer.send('half een mail\r\n');
    peer.close();
    while (hub.refusals.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(hub.received).toHaveLength(0);
    expect(hub.refusals).toContain('cut-off');
  });
});

describe('closing', () => {
  test('a mail under way is finished and answered; idle peers are told to come back; nobody new comes in', async () => {
    const hub = await intake({ receive: () => new Promise((resolve) => setTimeout(() => resolve({ kind: 'accepted', id: 'M1' }), 300)) });
    const idle = await secured(hub.port);
    const busy = await secured(hub.port);
    await envelope(busy);
    await busy.send('x\r\n');
    const closing = hub.close();
    expect(await idle.reply()).toMatch(/^421 4\.3\.2 closing/);
    expect(await busy.say('.')).toBe('250 2.6.0 accepted M1');
    expect(await busy.reply()).toMatch(/^421 4\.3\.2 closing/);
    await closing;
    const late = connect(hub.port, '127.0.0.1');
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

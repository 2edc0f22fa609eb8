import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { smtpDialogue } from '../../../test/fixtures/smtp-dialogue.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { type SmtpIntake, startSmtpIntake } from './server.js';

const tls = tlsFixture('localhost');
const received: string[] = [];
const faults: unknown[] = [];
let hub: SmtpIntake;

beforeAll(async () => {
  hub = await startSmtpIntake({
    host: '127.0.0.1',
    port: 0,
    tls,
    name: 'sluis.example',
    receive: async ({ raw }) => {
      received.push(raw.toString('latin1'));
      return { kind: 'accepted', id: 'M' };
    },
    isForUs: () => true,
    onAnswered: () => undefined,
    onRefused: () => {},
    onFault: (fault) => faults.push(fault),
    drainMs: 500,
  });
});
afterAll(() => hub.close());

/**
 * What RFC 5321 §4.5.2 makes of content: the mail up to the first CRLF.CRLF, one dot taken from each line that starts with two. A line
 * that starts with one dot and goes on keeps it here: only a sender that does not stuff writes one, and its signature holds that way.
 */
function firstMail(content: string): { readonly mail: string; readonly after: string } {
  const end = `\r\n${content}`.indexOf('\r\n.\r\n');
  return { mail: content.slice(0, end).replace(/(^|\r\n)\.\./g, '$1.'), after: content.slice(end + 3) };
}

const pieces = fc.constantFrom('\r', '\n', '\r\n', '.', '..', 'x', '\0', 'MAIL FROM:<a@b.example>\r\n', '\r\n.', '.\n', '\n.\r', 'RSET\n');

describe('whatever the content and however it is cut into segments', () => {
  test('the intake takes exactly the mail the standard sees, or nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }), async (parts, cuts) => {
        received.length = 0;
        const content = `${parts.join('')}\r\n.\r\n`;
        const peer = await smtpDialogue(hub.port);
        await peer.reply();
        await peer.startTls(tls.ca);
        await peer.say('EHLO peer.example');
        await peer.say('MAIL FROM:<a@peer.example>');
        await peer.say('RCPT TO:<b@sluis.example>');
        await peer.say('DATA');
        let rest = content;
        for (const length of cuts) {
          await peer.send(rest.slice(0, length));
          rest = rest.slice(length);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await peer.send(rest);
        const reply = await peer.reply();
        peer.close();
        const bare = /\r(?!\n)|(?<!\r)\n/.test(content);
        const { mail, after } = firstMail(content);
        if (!bare) {
          expect(reply).toMatch(/^250/);
          expect(received).toEqual([mail]);
        } else if (received.length > 0) {
          // Only a clean mail that had ended before the first bare line end may have been taken.
          expect(received).toEqual([mail]);
          expect(/\r(?!\n)|(?<!\r)\n/.test(after)).toBe(true);
          expect(/\r(?!\n)|(?<!\r)\n/.test(mail)).toBe(false);
        } else {
          expect(reply).toMatch(/^550 5\.6\.0/);
        }
      }),
      { numRuns: 60 },
    );
    expect(faults).toEqual([]);
  });

  test('bytes that are no SMTP at all never get further than a refusal', async () => {
    received.length = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, secure) => {
        const peer = await smtpDialogue(hub.port);
        await peer.reply();
        if (secure) await peer.startTls(tls.ca);
        await peer.send(Buffer.from(bytes));
        await peer.send('\r\nQUIT\r\n');
        let reply = await peer.reply();
        while (/^(2[15]|5)/.test(reply) && !reply.startsWith('221')) reply = await peer.reply();
        expect(reply).toMatch(/^(221|421|closed)/);
        peer.close();
      }),
      { numRuns: 30 },
    );
    expect(received).toEqual([]);
    expect(faults).toEqual([]);
  });
});

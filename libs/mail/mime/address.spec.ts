import { describe, expect, test } from '@jest/globals';
import { processorMs } from '../../../test/harness/processor-time.js';
import { formatAddress, isSameAddress, readAddress, readMailbox, readMailboxes } from './address.js';

const mailboxOf = (value: string): string => {
  const mailbox = readMailbox(value);
  return 'kind' in mailbox ? mailbox.kind : formatAddress(mailbox);
};

const same = (a: string, b: string): boolean => {
  const [left, right] = [readAddress(a), readAddress(b)];
  return left !== null && right !== null && isSameAddress(left, right);
};

describe('a From header', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['meldkamer@politie.example', 'meldkamer@politie.example'],
    ['<meldkamer@politie.example>', 'meldkamer@politie.example'],
    ['Meldkamer Oost <meldkamer@politie.example>', 'meldkamer@politie.example'],
    ['"Oost, Meldkamer" <meldkamer@politie.example>', 'meldkamer@politie.example'],
    ['=?utf-8?Q?Meldk=C3=A4mer?= <meldkamer@politie.example>', 'meldkamer@politie.example'],
    ['"burgemeester@stad.example" <ander@elders.example>', 'ander@elders.example'],
    ['Jörg <jörg@müller.example>', 'jörg@müller.example'],
  ];
  test.each(rows)('%s has one mailbox', (value, address) => {
    expect(mailboxOf(value)).toBe(address);
  });

  const refused = [
    '', 'meldkamer', 'a@x.example, b@x.example', 'A <a@x.example>, B <b@x.example>', 'A <a@x.example> B <b@x.example>',
    'groep: a@x.example;', 'undisclosed:;', 'a@x.example (of toch b@y.example)', 'burgemeester@stad.example <a@x.example>',
    '"a b"@x.example', 'a@[127.0.0.1]', '<@route.example:a@x.example>', 'a@x.example>', '<<a@x.example>>', 'a@@x.example',
    'a@x..example', '.a@x.example', 'a@-x.example', 'a@x.example\u0000', 'a\ufffd@x.example', `${'a'.repeat(300)}@x.example`,
  ];
  test.each(refused)('%s is refused', (value) => {
    expect(mailboxOf(value)).toBe('malformed');
  });
});

describe('two addresses are the same mailbox', () => {
  test('whatever the case of the domain', () => expect(same('a@X.Example', 'a@x.example')).toBe(true));
  test('not when the local parts differ in case (RFC 5280 §7.5)', () => expect(same('A@x.example', 'a@x.example')).toBe(false));
  test('when one domain is the A-label of the other', () => expect(same('a@müller.example', 'a@xn--mller-kva.example')).toBe(true));
  test('not when a letter only looks alike', () => expect(same('a@politie.example', 'a@p\u043elitie.example')).toBe(false));
});

describe('a To header', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['a@x.example, B <b@x.example>,"C, D" <c@x.example>', ['a@x.example', 'b@x.example', 'c@x.example']],
    ['"C \\", <d@x.example>" <c@x.example>', ['c@x.example']],
    ['undisclosed-recipients:;', []],
    ['', []],
  ];
  test.each(rows)('%s names %j', (value, expected) => expect(readMailboxes(value).map(formatAddress)).toEqual(expected));

  test('of hostile length is read in bounded time', () => {
    const start = processorMs();
    for (const piece of ['"', '\\"', ',', '<', 'a@x.example,']) readMailboxes(piece.repeat(250_000 / piece.length));
    expect(processorMs() - start).toBeLessThan(3_000);
  });
});

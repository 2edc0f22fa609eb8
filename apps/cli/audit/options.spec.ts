import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { PlainFault } from '../terminal.js';
import { askerOf, filterOf, momentOf, spanOf } from './options.js';
import { parsePerson, readPersons } from './person.js';

const now = new Date('2026-11-22T12:00:00.000Z');
const faultOf = (work: () => unknown): PlainFault => {
  try {
    work();
  } catch (fault) {
    if (fault instanceof PlainFault) return fault;
    throw fault;
  }
  throw new Error('nothing was refused');
};

describe('who asks', () => {
  const good = { by: 'fg', purpose: 'toezicht.fg', for: '00000001900000000101' };
  test('a function, a purpose of the list, and a controller or all of them', () => {
    expect(askerOf(good)).toMatchObject({ function: 'fg', purpose: 'toezicht.fg', controller: good.for });
    expect(askerOf({ by: 'beheer', purpose: 'incident', all: true })).toMatchObject({ controller: null });
  });
  test.each([
    { ...good, by: 'Jan de Vries' }, { ...good, by: '12' }, { ...good, purpose: 'nieuwsgierig' }, { ...good, for: '0101' }, { ...good, all: true }, { by: 'fg', purpose: 'incident' },
  ])('refuses %j with exit code 2', (options) => expect(faultOf(() => askerOf(options)).exit).toBe(2));
});

describe('a filter', () => {
  test('goes five years back unless told otherwise', () => expect(spanOf({}, now)).toEqual({ from: new Date('2021-11-22T12:00:00.000Z'), to: now }));
  test('takes days on the calendar of Amsterdam and moments with an offset', () => {
    expect(momentOf('2026-11-22')).toEqual(new Date('2026-11-21T23:00:00.000Z'));
    expect(momentOf('2026-11-22T14:00:00+01:00')).toEqual(new Date('2026-11-22T13:00:00.000Z'));
  });
  test.each([{ period: '2026-Q9' }, { period: '2026', from: '2026-01-01' }, { from: 'yesterday' }, { kind: 'letter' }, { category: 'C-NONE' }, { recipient: "x' or 1=1" }])(
    'refuses %j with exit code 2', (options) => expect(faultOf(() => filterOf(options, now)).exit).toBe(2));
});

describe('a person', () => {
  test('is a BSN that passes its check, or a name with a day of birth', () => {
    expect(parsePerson(' 999900018 ')).toEqual({ kind: 'bsn', bsn: '999900018' });
    expect(parsePerson('Eva Proef, 1987-02-03')).toEqual({ kind: 'name', name: 'Eva Proef', birthDate: '1987-02-03' });
  });
  test('a refusal never repeats what was written, whatever it was', () => {
    fc.assert(fc.property(fc.string({ minLength: 4 }), (text) => {
      try {
        parsePerson(`${text}, 1987-02-31`);
      } catch (fault) {
        expect(fault instanceof PlainFault && !fault.message.includes(text)).toBe(true);
      }
    }));
    for (const text of ['999900019', 'Eva Proef', 'Eva Proef, 1987-02-31', '']) expect(faultOf(() => parsePerson(text)).exit).toBe(2);
  });
  test('comes from standard input, one name a line', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: false });
    input.end('999900018\nEva Proef, 1987-02-03\n');
    expect(await readPersons(input)).toHaveLength(2);
    const nobody = Object.assign(new PassThrough(), { isTTY: false });
    nobody.end('\n');
    await expect(readPersons(nobody)).rejects.toThrow('Nobody was named.');
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hostName, isNtaInForce, readNta } from './nta-record.js';

const current = 'v=NTA7516-1;startdate=2019-06;enddate=2027-07;provider=Voorbeeldpost;ntamx=20 b.gemeente.example;ntamx=10 nta-mx.gemeente.example';
const older = 'v=NTA7516;version:2019-06;expire:2027-10;provider:voorbeeld;ntamx:mx.post.example;ntamx:mx2.post.example';

describe('the NTA record of a mail domain', () => {
  test('is read in the form in use, its servers by preference', () => {
    expect(readNta(['v=spf1 -all', current])).toEqual({
      kind: 'record',
      record: {
        text: current, startMonth: '2019-06', endMonth: '2027-07', provider: 'Voorbeeldpost',
        servers: [{ preference: 10, name: 'nta-mx.gemeente.example' }, { preference: 20, name: 'b.gemeente.example' }],
      },
    });
  });

  test('is read in the older form, its servers in the order they stand in', () => {
    expect(readNta([older])).toMatchObject({ kind: 'record', record: { startMonth: '2019-06', endMonth: '2027-10', servers: [{ name: 'mx.post.example' }, { name: 'mx2.post.example' }] } });
  });

  test.each([
    ['nothing that claims to be one', ['v=spf1 -all', 'google-site-verification=v=NTA7516-1'], { kind: 'absent' }],
    ['two', [current, current], { kind: 'invalid', fault: 'doubled' }],
    ['one in each form', [current, older], { kind: 'invalid', fault: 'doubled' }],
    ['a version that is not known', ['v=NTA7516-2;startdate=2026-01;enddate=2027-01'], { kind: 'invalid', fault: 'unknown-version' }],
    ['no end', ['v=NTA7516-1;startdate=2026-01'], { kind: 'invalid', fault: 'no-period' }],
    ['a thirteenth month', ['v=NTA7516-1;startdate=2026-13;enddate=2027-01'], { kind: 'invalid', fault: 'no-period' }],
    ['an end before the start', ['v=NTA7516-1;startdate=2027-01;enddate=2026-12'], { kind: 'invalid', fault: 'no-period' }],
    ['two ends', ['v=NTA7516-1;startdate=2026-01;enddate=2027-01;enddate=2099-01'], { kind: 'invalid', fault: 'malformed' }],
    ['an address for a server', ['v=NTA7516-1;startdate=2026-01;enddate=2027-01;ntamx=10 127.0.0.1'], { kind: 'invalid', fault: 'bad-server' }],
    ['more servers than anybody has', [`v=NTA7516-1;startdate=2026-01;enddate=2027-01;${'ntamx=10 a.example;'.repeat(11)}`], { kind: 'invalid', fault: 'bad-server' }],
    ['a bomb', [`v=NTA7516-1;${'x'.repeat(60_000)}`], { kind: 'invalid', fault: 'too-long' }],
    ['something else', ['v=NTA7516-1;startdate'], { kind: 'invalid', fault: 'malformed' }],
  ])('%s', (_name, texts, expected) => expect(readNta(texts)).toEqual(expected));

  test.each([
    ['2026-05-31T21:59:59Z', false], // 23:59 on 31 May in Amsterdam
    ['2026-05-31T22:00:00Z', true],
    ['2026-12-31T22:59:59Z', true],
    ['2026-12-31T23:00:00Z', false],
  ])('at %s a record from 2026-06 through 2026-12 holds: %p', (at, expected) => {
    expect(isNtaInForce({ text: '', startMonth: '2026-06', endMonth: '2026-12', provider: null, servers: [] }, new Date(at))).toBe(expected);
  });

  test('whatever stands in DNS, the answer is one of three', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('v=NTA7516-1', 'startdate=2026-01', 'enddate=2027-01', 'ntamx=10 a.example', 'ntamx:x', ';', 'v=NTA7516'));
    fc.assert(fc.property(fc.array(fc.array(part).map((parts) => parts.join(';'))), (texts) => ['record', 'absent', 'invalid'].includes(readNta(texts).kind)));
  });
});

test.each([['mx.example', 'mx.example'], ['MX.Example.', 'mx.example'], ['localhost', null], ['10.0.0.1', null], ['a..example', null], ['-a.example', null], ['a b.example', null], ['[::1]', null], [`${'a'.repeat(64)}.example`, null]])(
  'as name of a host %j is %j', (text, expected) => expect(hostName(text)).toBe(expected),
);

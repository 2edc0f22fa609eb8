import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loggedFields, openEventLog, type HeardEvent } from './logging.js';

const collect = () => {
  const lines: Record<string, unknown>[] = [];
  const log = openEventLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
};

describe('the log of a process', () => {
  test('tells an event with its identifiers', () => {
    const { log, lines } = collect();
    log.tell('disclosure.recorded', { messageId: '0197-ab', party: '00000001234567890000', attempt: 2, outcome: 'permit' });
    expect(lines).toEqual([{ level: 'info', time: expect.stringMatching(/^\d{4}-.*Z$/), event: 'disclosure.recorded', messageId: '0197-ab', party: '00000001234567890000', attempt: 2, outcome: 'permit' }]);
  });

  test('is not misled by nine digits in a row where they are chance', () => {
    const { log, lines } = collect();
    const fields = { messageId: '01970000-0000-7000-8000-a999990019b1', bytes: 999_990_019 };
    log.tell('message.received', fields);
    expect(lines[0]).toMatchObject(fields);
  });

  test('is heard by others with the same fields and no more; details only by who asks for them', () => {
    const [all, some]: [HeardEvent[], HeardEvent[]] = [[], []];
    const lines: string[] = [];
    const log = openEventLog('info', { write: (line: string) => void lines.push(line) }, [
      { hear: (event) => void all.push(event), hearsDetails: true }, { hear: (event) => void some.push(event), hearsDetails: false },
    ]);
    log.tell('message.decided', { reasons: ['permit:WTH-06', 'hold:no-agreement'], surname: 'Verzonnen', code: 'Jan Verzonnen' });
    log.detail('entry.sealed', { trace: 'a'.repeat(32) });
    log.fault('deliver.failed', new Error('Verzonnen'));
    expect(all.map(({ name, isFault }) => [name, isFault])).toEqual([['message.decided', false], ['entry.sealed', false], ['deliver.failed', true]]);
    expect(all[0]?.fields).toEqual({ reasons: ['permit:WTH-06', 'hold:no-agreement'], leftOut: ['surname', 'code'] });
    expect(some.map(({ name }) => name)).toEqual(['message.decided', 'deliver.failed']);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify([all, lines])).not.toContain('Verzonnen');
  });

  test('says whether details are worth looking up', () => {
    const hearer = (hearsDetails: boolean) => ({ hear: () => undefined, hearsDetails });
    const to = { write: () => undefined };
    expect([openEventLog('info', to), openEventLog('debug', to), openEventLog('info', to, [hearer(false)]), openEventLog('info', to, [hearer(true)])].map(({ isDetailed }) => isDetailed))
      .toEqual([false, true, false, true]);
  });

  const withheld: readonly (readonly [string, Record<string, unknown>])[] = [
    ['a field that is not on the list', { surname: 'Verzonnen' }],
    ['a name in a field that is', { code: 'Jan Verzonnen' }],
    ['an address of a person', { party: 'jan@verzonnen.example' }],
    ['a citizen service number as text', { messageId: '999990019' }],
    ['a citizen service number inside a text', { caseId: 'bsn-999990019' }],
    ['a citizen service number as a number', { count: 999_990_019 }],
    ['a group of fields', { rule: { surname: 'Verzonnen' } }],
    ['a list', { party: ['Verzonnen'] }],
    ['a text without end', { code: 'x'.repeat(201) }],
    ['a list with a name in it', { reasons: ['permit:WTH-06', 'Jan Verzonnen'] }],
    ['a list with a citizen service number in it', { reasons: ['permit:999990019'] }],
    ['a list without end', { reasons: Array.from({ length: 201 }, () => 'permit:WTH-06') }],
    ['a trace that is none', { traceparent: '00-jan-verzonnen-01' }],
  ];
  for (const [name, fields] of withheld) {
    test(`leaves out ${name}, and says that it did`, () => {
      const { log, lines } = collect();
      log.tell('message.received', fields);
      expect(lines[0]).toEqual({ level: 'info', time: expect.any(String), event: 'message.received', leftOut: Object.keys(fields) });
    });
  }

  test('never repeats what a fault quotes, but tells kind, code, cause and place', () => {
    const { log, lines } = collect();
    const cause = Object.assign(new TypeError('value "Jan Verzonnen 999990019" is wrong'), { code: '22P02', detail: 'Key (bsn)=(999990019)' });
    log.fault('deliver.failed', new Error('while writing Jan Verzonnen\n    at Verzonnen', { cause }), { deliveryId: 'd-1' });
    expect(JSON.stringify(lines)).not.toMatch(/Verzonnen|99999/);
    expect(lines[0]).toMatchObject({ level: 'error', event: 'deliver.failed', deliveryId: 'd-1', faults: [{ name: 'Error' }, { name: 'TypeError', code: '22P02' }] });
    expect(JSON.stringify(lines)).toMatch(/libs\/platform\/logging\.spec\.ts:\d+/);
  });

  test('survives whatever is thrown', () => {
    fc.assert(fc.property(fc.anything(), (thrown) => {
      const { log, lines } = collect();
      log.fault('step.failed', thrown);
      return lines.length === 1;
    }), { numRuns: 200 });
  });

  test('holds no sentence and no address in any field, whatever is offered', () => {
    fc.assert(fc.property(fc.constantFrom(...loggedFields), fc.string(), (field, text) => {
      const { log, lines } = collect();
      log.tell('step.taken', { [field]: `a ${text}@b` });
      return lines[0] !== undefined && !(field in lines[0]);
    }), { numRuns: 200 });
  });

  test('refuses an event that is not named noun.verb, for such a name could be made of data', () => {
    const { log } = collect();
    expect(() => log.tell('Jan Verzonnen.received')).toThrow('noun.verb');
  });
});

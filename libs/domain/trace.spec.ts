import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { traceIn, traceOf } from './trace.js';

describe('a trace', () => {
  test('of a message is its id without dashes', () => {
    fc.assert(fc.property(fc.uuid(), (id) => {
      const trace = traceOf(id);
      expect(trace).toMatch(/^[0-9a-f]{32}$/);
      expect(traceIn(`00-${trace}-00f067aa0ba902b7-01`)).toBe(trace);
    }));
  });

  // Examples and counter-examples of W3C Trace Context, section 3.2.2.
  test.each([
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later', '4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more', null],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', null],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', null],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', null],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', null],
    ['4bf92f3577b34da6a3ce929d0e0e4736', null],
    ['', null],
  ])('in %j is %j', (header, trace) => expect(traceIn(header)).toBe(trace));

  test('in any text is null or a trace', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(traceIn(text) ?? 'a'.repeat(32)).toMatch(/^[0-9a-f]{32}$/)));
  });
});

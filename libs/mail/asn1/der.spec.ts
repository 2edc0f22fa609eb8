import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../test/harness/processor-time.js';
import { Asn1Error, bits, boolean, context, der, flatten, integer, octets, oid, readBer, readDer, rope, sequence, set, smallInteger, text, time, tlv } from './der.js';

const hex = (octetsInHex: string): Uint8Array => Buffer.from(octetsInHex.replace(/ /g, ''), 'hex');

describe('one value has one distinguished encoding', () => {
  test.each([
    ['trailing octets', '05 00 00'],
    ['nothing at all', ''],
    ['a length longer than the input', '04 05 00'],
    ['a child longer than its parent', '30 03 04 05 00'],
    ['an indefinite length', '30 80 00 00'],
    ['a length not in its shortest form', '04 81 01 00'],
    ['a length with leading zeros', '04 82 00 80'.padEnd(12 + 256, '0')],
    ['a length of five octets', '04 85 00 00 00 00 00'],
    ['the reserved length octet', '04 ff'],
    ['a tag number above 30', '1f 21 00'],
    ['end of contents where a value belongs', '30 02 00 00'],
    ['a primitive SEQUENCE', '10 00'],
    ['a primitive SET', '11 00'],
    ['an OCTET STRING in segments', '24 03 04 01 00'],
    ['a constructed INTEGER', '22 03 02 01 00'],
    ['a BOOLEAN of one', '01 01 01'],
    ['a BOOLEAN of two octets', '01 02 ff ff'],
    ['an empty INTEGER', '02 00'],
    ['an INTEGER with a leading zero', '02 02 00 7f'],
    ['an INTEGER with a leading FF', '02 02 ff 80'],
    ['a NULL with contents', '05 01 00'],
    ['an empty OBJECT IDENTIFIER', '06 00'],
    ['an empty BIT STRING', '03 00'],
    ['eight unused bits', '03 02 08 00'],
    ['unused bits of nothing', '03 01 01'],
    ['unused bits that are set', '03 02 01 01'],
  ])('refuses %s', (_name, octetsInHex) => {
    expect(() => readDer(hex(octetsInHex))).toThrow(Asn1Error);
  });

  test('gives contents, whole and children as they stand', () => {
    const node = readDer(hex('30 06 02 01 05 80 01 41'));
    expect(node.constructed).toBe(true);
    expect(sequence(node).map((child) => Buffer.from(child.raw).toString('hex'))).toEqual(['020105', '800141']);
    expect(Buffer.from(node.content).toString('hex')).toBe('020105800141');
    expect(node.children[1]?.children).toEqual([]);
  });

  test('keeps a large octet string a view of the input', () => {
    const whole = tlv(0x30, der.octets(new Uint8Array(1_000_000)));
    const content = octets(readDer(whole).children[0] ?? readDer(der.null()));
    expect(content.buffer).toBe(whole.buffer);
    expect(content.length).toBe(1_000_000);
  });
});

describe('the outer layers of CMS may be in the basic encoding', () => {
  test('reads indefinite lengths and joins the segments', () => {
    const node = readBer(hex('30 80 24 80 04 02 61 62 24 04 04 02 63 64 00 00 a0 80 04 01 65 04 00 00 00 00 00'));
    const [whole, implicit] = sequence(node);
    expect(Buffer.from(octets(whole ?? node)).toString()).toBe('abcd');
    expect(Buffer.from(octets(implicit ?? node)).toString()).toBe('e');
    expect(Buffer.from(whole?.content ?? []).toString('hex')).toBe('0402616224040402' + '6364');
    expect(node.raw.length).toBe(27);
  });

  test.each([
    ['no end of contents', '30 80 04 01 61'],
    ['half an end of contents', '30 80 04 01 61 00'],
    ['an end of contents outside its parent', '30 05 24 80 04 01 61 00 00'],
    ['a primitive value of indefinite length', '04 80 00 00'],
    ['trailing octets', '30 80 00 00 00'],
    ['a constructed INTEGER', '22 03 02 01 00'],
  ])('refuses %s', (_name, octetsInHex) => {
    expect(() => readBer(hex(octetsInHex))).toThrow(Asn1Error);
  });

  test('refuses a segment that is not an octet string', () => {
    expect(() => octets(readBer(hex('24 03 02 01 05')))).toThrow(Asn1Error);
  });
});

describe('budgets', () => {
  const bomb = (depth: number): Uint8Array => Buffer.concat([...Array.from({ length: depth }, () => hex('30 80')), Buffer.alloc(depth * 2)]);

  test('a depth bomb of 20,000 levels is refused at once', () => {
    expect(() => readBer(bomb(20_000))).toThrow('nested too deep');
    expect(() => readBer(bomb(33))).toThrow('nested too deep');
    expect(readBer(bomb(32)).constructed).toBe(true);
  });

  test('a set of a million values is refused, and in little time', () => {
    const million = tlv(0x31, Buffer.alloc(2_000_000).map((_, i) => (i % 2 === 0 ? 0x05 : 0x00)));
    const startedAt = processorMs();
    expect(() => readDer(million)).toThrow('too many values');
    expect(processorMs() - startedAt).toBeLessThan(2_000);
    expect(readDer(million, { nodesMax: 1_000_001 }).children).toHaveLength(1_000_000);
  });

  test.each(['30 84 ff ff ff ff', '04 84 7f ff ff ff 00', '24 84 ff ff ff ff 04 84 ff ff ff f0'])('a length of gigabytes is refused: %s', (octetsInHex) => {
    expect(() => readBer(hex(octetsInHex))).toThrow('length beyond the enclosing value');
  });
});

describe('values', () => {
  test('an object identifier keeps every digit of every arc', () => {
    const uuid = '2.25.329800735698586629295641978511506172918';
    for (const dotted of ['0.9.2342.19200300.100.1.25', '1.2.840.113549.1.1.11', '2.5.29.32.0', '2.999.1', '1.39', '2.39', uuid]) {
      expect(oid(readDer(der.oid(dotted)))).toBe(dotted);
    }
    expect(oid(readDer(hex('06 08 2a 90 80 80 80 01 01 01')))).not.toBe(oid(readDer(hex('06 04 2a 01 01 01'))));
  });

  test.each(['06 02 2a 86', '06 03 2a 80 01'])('an object identifier cut short or padded is refused: %s', (octetsInHex) => {
    expect(() => oid(readDer(hex(octetsInHex)))).toThrow(Asn1Error);
  });

  test('a time is read only in the forms of RFC 5280', () => {
    expect(time(readDer(tlv(0x17, Buffer.from('491231235959Z')))).toISOString()).toBe('2049-12-31T23:59:59.000Z');
    expect(time(readDer(tlv(0x17, Buffer.from('500101000000Z')))).toISOString()).toBe('1950-01-01T00:00:00.000Z');
    expect(time(readDer(der.time(new Date('2050-01-01T00:00:00Z')))).toISOString()).toBe('2050-01-01T00:00:00.000Z');
    expect(der.time(new Date('2049-12-31T23:59:59Z'))[0]).toBe(0x17);
    for (const written of ['4912312359Z', '491231235959+0000', '490229000000Z', '491301000000Z', '491231240000Z', '']) {
      expect(() => time(readDer(tlv(0x17, Buffer.from(written))))).toThrow(Asn1Error);
    }
    expect(() => time(readDer(tlv(0x18, Buffer.from('20490101000000.5Z'))))).toThrow(Asn1Error);
  });

  test('text is read in the encoding its type promises', () => {
    expect(text(readDer(der.utf8('Gemeente Zeeoever é')))).toBe('Gemeente Zeeoever é');
    expect(text(readDer(tlv(0x1e, hex('00 e9 00 41'))))).toBe('éA');
    expect(text(readDer(tlv(0x1c, hex('00 01 f6 00'))))).toBe('😀');
    for (const node of [tlv(0x0c, hex('ff')), tlv(0x16, hex('e9')), tlv(0x13, hex('80')), tlv(0x1e, hex('00')), tlv(0x1c, hex('00 11 00 00')), der.integer(5)]) {
      expect(() => text(readDer(node))).toThrow(Asn1Error);
    }
  });

  test('a reader takes its own type or an implicit tag, never another type', () => {
    expect(() => octets(readDer(der.utf8('a')))).toThrow(Asn1Error);
    expect(() => integer(readDer(der.octets(hex('05'))))).toThrow(Asn1Error);
    expect(() => sequence(readDer(der.set()))).toThrow(Asn1Error);
    expect(() => set(readDer(der.sequence()))).toThrow(Asn1Error);
    expect(() => oid(readDer(der.null()))).toThrow(Asn1Error);
    expect(integer(readDer(der.implicit(1, hex('05'))))).toBe(5n);
    expect(context(readDer(der.implicit(1, hex('05'))), 1)).toBe(true);
    expect(context(readDer(der.context(1)), 1)).toBe(true);
    expect(context(readDer(der.context(1)), 2)).toBe(false);
    expect(boolean(readDer(der.boolean(true)))).toBe(true);
    expect(bits(readDer(der.bits(hex('80'), 7)))).toEqual({ bytes: hex('80').subarray(0), unused: 7 });
  });

  test('a small integer is neither negative nor large', () => {
    expect(smallInteger(readDer(der.integer(0x7fffffff)))).toBe(0x7fffffff);
    for (const value of [-1, 2 ** 31]) expect(() => smallInteger(readDer(der.integer(value)))).toThrow(Asn1Error);
  });
});

describe('what is written is what is read', () => {
  test('integers of any size and sign', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => integer(readDer(der.integer(value))) === value));
  });

  test('octets taken as a number are never negative', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (value) => integer(readDer(der.integer(value))) === BigInt(`0x0${Buffer.from(value).toString('hex')}`)));
  });

  test('lengths around every boundary', () => {
    for (const length of [0, 127, 128, 255, 256, 65535, 65536, 1 << 24]) {
      expect(readDer(tlv(0x04, new Uint8Array(length))).content.length).toBe(length);
    }
  });

  test('a set of values has one order whatever the order given', () => {
    const values = [der.integer(300), der.integer(2), der.octets(hex('01')), der.integer(1)];
    expect(der.setOf(...values)).toEqual(der.setOf(...values.toReversed()));
  });

  test('a rope is the same value with one copy', () => {
    const [first, second] = [new Uint8Array(300).fill(1), Uint8Array.of(2)];
    expect(new Uint8Array(flatten(rope(0x30, rope(0x04, first), rope(0x80, second))))).toEqual(der.sequence(der.octets(first), der.implicit(0, second)));
  });
});

describe('any bytes at all', () => {
  const survives = (read: () => unknown): void => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(Asn1Error);
    }
  };

  test('are read or refused, never a crash', () => {
    const tags = fc.constantFrom(0x30, 0x31, 0x02, 0x03, 0x04, 0x24, 0x06, 0xa0, 0x80, 0x00, 0x84, 0xff);
    const octet = fc.oneof(tags, fc.nat(255));
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 200 }), (values) => {
        const bytes = Uint8Array.from(values);
        survives(() => readDer(bytes));
        survives(() => octets(readBer(bytes)));
      }),
      { numRuns: 2_000 },
    );
  });
});

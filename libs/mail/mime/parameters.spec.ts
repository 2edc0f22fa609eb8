import { describe, expect, test } from '@jest/globals';
import { readStructured } from './parameters.js';

const parametersOf = (text: string): Record<string, string> | string => {
  const read = readStructured(text);
  return 'kind' in read ? read.kind : Object.fromEntries(read.parameters);
};

describe('structured headers', () => {
  const rows: readonly (readonly [string, string, Record<string, string>])[] = [
    ['quoted strings with escapes', 'a/b; name="x \\"y\\"; z"', { name: 'x "y"; z' }],
    ['tokens with characters that need no quoting in practice', 'a/b; boundary=----=_Part_1.2', { boundary: '----=_Part_1.2' }],
    ['comments and blanks', 'a/b (remark; x=1) ; charset = utf-8 (hi)', { charset: 'utf-8' }],
    ['a trailing semicolon', 'a/b; charset=utf-8;', { charset: 'utf-8' }],
    ['names in upper case', 'a/b; NAME=x', { name: 'x' }],
    ['RFC 2231 characters', "a/b; name*=utf-8'nl'caf%C3%A9.xml", { name: 'café.xml' }],
    ['RFC 2231 in another charset', "a/b; name*=iso-8859-1''caf%E9", { name: 'café' }],
    ['RFC 2231 sections, partly encoded', "a/b; name*1=b.xml; name*0*=utf-8''%C3%A9", { name: 'éb.xml' }],
    ['RFC 2231 sections, not encoded', 'a/b; name*0="lang"; name*1="er"', { name: 'langer' }],
    ['a file name in both forms: the extended one', "a/b; filename=\"x\"; filename*=utf-8''%C3%A9", { filename: 'é' }],
  ];
  test.each(rows)('read %s', (_, text, expected) => {
    expect(parametersOf(text)).toEqual(expected);
  });

  test('give their value in lower case', () => {
    expect(readStructured('Application/PKCS7-Mime; a=b')).toMatchObject({ value: 'application/pkcs7-mime' });
  });

  const refused: readonly (readonly [string, string])[] = [
    ['a doubled parameter', 'multipart/mixed; boundary=a; boundary=b'],
    ['a boundary in two forms', "multipart/mixed; boundary=a; boundary*=utf-8''b"],
    ['no value', '; a=b'],
    ['nothing', ''],
    ['stray text', 'text/plain x; a=b'],
    ['an open quoted string', 'text/plain; a="b'],
    ['a parameter without a value', 'text/plain; a'],
    ['a thousand parameters', `a/b${Array.from({ length: 1000 }, (_, n) => `; p${n}=1`).join('')}`],
  ];
  test.each(refused)('refuse %s', (_, text) => {
    expect(parametersOf(text)).toBe('malformed');
  });
});

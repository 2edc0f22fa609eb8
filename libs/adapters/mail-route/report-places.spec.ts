import { expect, test } from '@jest/globals';
import { reportPlaces } from './report-places.js';

const mail = (address: string): object => ({ kind: 'mail', address, domain: address.slice(address.indexOf('@') + 1) });

test.each<readonly [string, readonly string[], readonly object[]]>([
  ['an address', ['v=TLSRPTv1; rua=mailto:tls@vt.example'], [mail('tls@vt.example')]],
  ['an address without a space, and an end', ['v=TLSRPTv1;rua=mailto:tls@VT.example;'], [mail('tls@vt.example')]],
  ['two in their order', ['v=TLSRPTv1; rua=https://vt.example/tls,mailto:tls@vt.example'], [{ kind: 'web', url: 'https://vt.example/tls' }, mail('tls@vt.example')]],
  ['an address at somebody else', ['v=TLSRPTv1; rua=mailto:vt@reports.example; ext=1'], [mail('vt@reports.example')]],
  ['one record beside others', ['v=spf1 -all', 'v=TLSRPTv1; rua=mailto:tls@vt.example'], [mail('tls@vt.example')]],
  ['an encoded sign', ['v=TLSRPTv1; rua=mailto:tls%21a@vt.example?subject=x'], [mail('tls!a@vt.example')]],
  ['at most four', [`v=TLSRPTv1; rua=${[1, 2, 3, 4, 5].map((number) => `mailto:a${number}@vt.example`).join(',')}`], [1, 2, 3, 4].map((number) => mail(`a${number}@vt.example`))],
  ['two records', ['v=TLSRPTv1; rua=mailto:a@vt.example', 'v=TLSRPTv1; rua=mailto:b@vt.example'], []],
  ['another version', ['v=TLSRPTv2; rua=mailto:a@vt.example'], []],
  ['nothing', [], []],
  ['no place', ['v=TLSRPTv1;'], []],
  ['two addresses in one', ['v=TLSRPTv1; rua=mailto:a@vt.example%2Cb@other.example'], []],
  ['a line end in an address', ['v=TLSRPTv1; rua=mailto:a%0d%0aBcc:b@vt.example'], []],
  ['an escape that is none', ['v=TLSRPTv1; rua=mailto:a%zz@vt.example'], []],
  ['an address without a domain', ['v=TLSRPTv1; rua=mailto:a@localhost'], []],
  ['an address of a computer', ['v=TLSRPTv1; rua=mailto:a@127.0.0.1'], []],
  ['a place in clear', ['v=TLSRPTv1; rua=http://vt.example/tls,ftp://vt.example'], []],
  ['a place with a password', ['v=TLSRPTv1; rua=https://a:b@vt.example/tls'], []],
])('%s', (_name, texts, places) => expect(reportPlaces(texts)).toEqual(places));

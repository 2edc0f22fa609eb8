import { expect, test } from '@jest/globals';
import type { TlsSessionCount } from '@ketensluis/flow';
import { tlsReports } from './tls-report.js';

const tlsa = { domain: 'gemeente.example', policyType: 'tlsa', policyText: ['3 1 1 ab'], server: 'mx.gemeente.example', address: '8.8.8.8' } as const;
const counts: readonly TlsSessionCount[] = [
  { ...tlsa, result: null, count: 12 },
  { ...tlsa, result: 'tlsa-invalid', count: 2 },
  { domain: 'gemeente.example', policyType: 'no-policy-found', policyText: [], result: 'dnssec-invalid', server: null, address: null, count: 1 },
  { domain: 'vt.example', policyType: 'sts', policyText: ['version: STSv1', 'mode: enforce', 'mx: *.vt.example', 'max_age: 86400'], result: null, server: 'a.vt.example', address: '8.8.4.4', count: 3 },
];

test('the reports of a day are those of RFC 8460 §4.4', () => {
  const reports = tlsReports(counts, { organization: 'Ketensluis', contact: 'post@sluis.example', sender: 'sluis.example', day: '2026-11-22' });
  expect(reports.map(({ fileName }) => fileName)).toEqual(['sluis.example!gemeente.example!1795305600!1795391999.json', 'sluis.example!vt.example!1795305600!1795391999.json']);
  expect(JSON.parse(reports[0]?.text ?? '')).toEqual({
    'organization-name': 'Ketensluis',
    'date-range': { 'start-datetime': '2026-11-22T00:00:00Z', 'end-datetime': '2026-11-22T23:59:59Z' },
    'contact-info': 'post@sluis.example',
    'report-id': '2026-11-22_gemeente.example@sluis.example',
    policies: [
      {
        policy: { 'policy-type': 'tlsa', 'policy-string': ['3 1 1 ab'], 'policy-domain': 'gemeente.example' },
        summary: { 'total-successful-session-count': 12, 'total-failure-session-count': 2 },
        'failure-details': [{ 'result-type': 'tlsa-invalid', 'receiving-mx-hostname': 'mx.gemeente.example', 'receiving-ip': '8.8.8.8', 'failed-session-count': 2 }],
      },
      {
        policy: { 'policy-type': 'no-policy-found', 'policy-domain': 'gemeente.example' },
        summary: { 'total-successful-session-count': 0, 'total-failure-session-count': 1 },
        'failure-details': [{ 'result-type': 'dnssec-invalid', 'failed-session-count': 1 }],
      },
    ],
  });
  expect(JSON.parse(reports[1]?.text ?? '').policies[0].policy['mx-host']).toEqual(['*.vt.example']);
});

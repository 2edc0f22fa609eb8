import { test } from '@jest/globals';
import { holds, sources } from './sources.js';

// Anybody can write these into a mail. What a mail is, is found by us (S/MIME, DNS) or not at all.
const claims = /authentication-results|x-smime-status|x-nta|received-spf/i;
const mayName = ['libs/mail/report/foreign-status.ts'];

test('no code of ours reads what other systems say they found about a mail', () => {
  const offenders = sources.filter(({ path, text }) => !/\.spec\.ts$/.test(path) && !mayName.includes(path) && claims.test(text)).map(({ path }) => path);
  holds('What is taken off at the edge is not looked for behind it (RFC 8601 §5).', offenders);
});

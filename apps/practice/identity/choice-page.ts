import type { DeskRole } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import type { PracticeAccount } from './accounts.js';

const desks: Readonly<Record<DeskRole, string>> = {
  'case-worker': 'Veilig Thuis', 'court-clerk': 'Griffie / Court registry', 'municipality-officer': 'Gemeente / Municipality', 'privacy-officer': 'Functionaris gegevensbescherming / Privacy officer',
  operator: 'Beheerder / Operator', integrator: 'Aansluiten / Integrator',
};

const style = 'body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#16262e}a{display:block;padding:.75rem 1rem;margin:.5rem 0;border:1px solid #5f7480;border-radius:.5rem;color:#0b5563}span{display:block;color:#4a5b64}strong{background:#0b3d4a;color:#fd0;padding:.125rem .5rem}';

/** The page of the practice provider: who do you want to be. The account is in the address, which names nobody real. */
export const choicePage = (accounts: readonly PracticeAccount[], path: string): { readonly body: string; readonly headers: Readonly<Record<string, string>> } => ({
  body: `<!doctype html><html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Oefenaanmelding</title><style>${style}</style></head><body><main>
<p><strong>OEFENOMGEVING / PRACTICE</strong></p><h1>Wie wilt u zijn?</h1><p>Deze mensen zijn verzonnen en hebben geen wachtwoord. <span lang="en">These people are invented and have no password.</span></p>
${accounts.map(({ account, name, roles }) => `<a href="${path}?wie=${account}">${name}<span>${roles.map((role) => desks[role]).join(', ')}</span></a>`).join('\n')}
</main></body></html>`,
  headers: {
    'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; frame-ancestors 'none'`,
  },
});

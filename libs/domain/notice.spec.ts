import { describe, expect, test } from '@jest/globals';
import { factsTogether, noticeFacts, noticeStatus, type NoticeStanding, type NoticeStatus } from './notice.js';

const at = new Date('2026-03-25T12:00:00Z');
const days = (count: number): Date => new Date(at.getTime() + count * 86_400_000);
const plain: NoticeStanding = { told: ['huisverbod.opgelegd'], said: [], isConfirmed: true, isAssigned: false, isReturned: false, endsAt: days(8) };

const rows: readonly (readonly [string, Partial<NoticeStanding>, NoticeStatus])[] = [
  ['is new until somebody confirms', { isConfirmed: false, isAssigned: true }, 'nieuw'],
  ['is received after that', {}, 'ontvangen'],
  ['is in hand when somebody has it', { isAssigned: true }, 'in behandeling'],
  ['asks for advice in the last three days', { endsAt: days(3), isAssigned: true }, 'advies nodig'],
  ['asks no more once advice was sent', { endsAt: days(3), said: ['advies.gegeven'], isAssigned: true }, 'in behandeling'],
  ['asks for an answer when Veilig Thuis was consulted', { told: ['overleg.gevraagd'], endsAt: null }, 'advies nodig'],
  ['asks none once that was answered', { told: ['overleg.gevraagd'], said: ['overleg.antwoord'], endsAt: null }, 'ontvangen'],
  ['was extended', { told: ['huisverbod.opgelegd', 'huisverbod.verlengd'], endsAt: days(1) }, 'verlengd'],
  ['was withdrawn, whatever the end says', { told: ['huisverbod.opgelegd', 'huisverbod.ingetrokken'], endsAt: days(1) }, 'ingetrokken'],
  ['ran out at its end, to the second', { endsAt: at }, 'afgelopen'],
  ['was given back', { isReturned: true, isConfirmed: false }, 'teruggegeven'],
];

describe('a case at a party', () => {
  test.each(rows)('%s', (_, change, status) => expect(noticeStatus({ ...plain, ...change }, at)).toBe(status));

  test('is counted by what was disclosed, and a later message takes nothing away', () => {
    const first = noticeFacts({ type: 'huisverbod.opgelegd', endsAt: days(8), fields: { opgelegd_op: days(-2).toISOString(), uithuisgeplaatste: { naam: 'X' }, contactverbod_personen: [{ naam: 'Y' }], minderjarigen: [{ naam: 'Z' }, { naam: 'Q' }] } });
    const later = noticeFacts({ type: 'huisverbod.verlengd', endsAt: days(26), fields: { einde_op: days(8).toISOString() } });
    expect(factsTogether([first, later])).toEqual({ imposedAt: days(-2), firstEndsAt: days(8), endsAt: days(26), persons: { evicted: 1, adults: 1, children: 2 } });
    expect(noticeFacts({ type: 'advies.gegeven', endsAt: null, fields: {} }).persons).toBeNull();
  });
});

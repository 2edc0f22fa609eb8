import { describe, expect, test } from '@jest/globals';
import { practiceRegisters } from '../domain/practice.fixture.js';
import { findingsOf, type DoctorFacts, type Finding } from './doctor.js';
import { findingText } from './finding-words.js';

const at = new Date('2026-06-01T12:00:00Z');
const healthy: DoctorFacts = {
  database: {
    now: at, practiceAheadMs: 0, witnesses: [], tasks: [],
    log: { size: 10, signed: 10, released: 10, waiting: 0, oldestWaitingAt: null, isContradicted: false, quorumLostAt: null },
  },
  registers: practiceRegisters(), endings: [], withoutCertificate: [], withoutKey: [], endpointsOff: [], lacksOwnOin: false, clock: at, disk: null, signInFault: null, memories: [], isDatabaseInClear: false,
};
const found = (change: Partial<DoctorFacts>): readonly Finding[] => findingsOf({ ...healthy, ...change }, at).filter(({ code }) => code !== 'backup-unknown');
const police = '00000001900000000001';

describe('the doctor', () => {
  test('finds nothing where nothing is wrong', () => expect(found({})).toEqual([]));

  test('misses the agreement with the police, without which a burgemeester hears nothing of them', () => {
    const { registers } = healthy;
    const agreements = registers.agreements.filter(({ controller }) => controller !== police);
    expect(found({ registers: { ...registers, agreements } })).toMatchObject([{ code: 'no-police-agreement', level: 'bad', about: police, remedy: 'ketensluis agreement apply FILE' }]);
    // Where no municipality they work for has one either, nobody shares anything yet.
    expect(found({ registers: { ...registers, agreements: [] } })).toEqual([]);
  });

  test('misses our own number in the certificate that webhooks speak with', () =>
    expect(found({ lacksOwnOin: true })).toMatchObject([{ code: 'no-own-oin', level: 'bad', remedy: 'ketensluis keys new tls --oin OIN --host NAME' }]));

  test('tells a provider that is away from one that does not know the console', () => {
    for (const code of ['sign-in-away', 'sign-in-client'] as const) expect(found({ signInFault: { code, about: 'x' } })).toMatchObject([{ code, level: 'bad', about: 'x' }]);
  });

  test('counts what waits to be signed, also what is not in the tree yet', () => {
    const log = { ...healthy.database.log, waiting: 3, oldestWaitingAt: new Date(at.getTime() - 3_600_000) };
    const [behind] = found({ database: { ...healthy.database, log } });
    expect(behind).toMatchObject({ code: 'log-behind', count: 3 });
    expect(behind === undefined ? '' : findingText(behind, { about: '', count: behind.count ?? 0, when: 'x' }, 'en')).toMatchObject({ what: expect.stringContaining('3 entries wait') });
  });
});

import { describe, expect, test } from '@jest/globals';
import { plainEntry, type EntryDraft } from '@ketensluis/flow';
import { openEventLog } from '@ketensluis/platform';
import { ownEntriesMax, startRefusalRecorder } from './refusals.js';

const at = new Date('2026-11-22T02:00:00.000Z');

const recorder = () => {
  const kept: EntryDraft[] = [];
  const database = { isAway: false };
  let next = 0;
  const refusals = startRefusalRecorder({
    clock: { now: () => at },
    ids: { next: () => `id-${(next += 1)}` },
    events: openEventLog('fatal'),
    intake: {
      recordRefusal: async (draft) => {
        if (database.isAway) throw new Error('the database is away');
        kept.push(draft);
      },
    },
  });
  return { kept, database, refusals };
};
const refusal = (from?: string) => plainEntry({ id: 'x', kind: 'refusal', at: at.toISOString(), code: 'unknown-sender', ...(from === undefined ? {} : { from }) });
const ofKind = (kept: readonly EntryDraft[], kind: string) => kept.filter(({ facts }) => facts.kind === kind);

describe('refusals in the log', () => {
  test('each have an entry of their own, and a flood of strangers becomes one summary with its count', async () => {
    const { kept, refusals } = recorder();
    for (let index = 0; index < ownEntriesMax.stranger + 25; index += 1) await refusals.record(refusal());
    expect(ofKind(kept, 'refusal')).toHaveLength(ownEntriesMax.stranger);
    await refusals.close();
    expect(ofKind(kept, 'refusal-summary').map(({ facts }) => facts.count)).toEqual([25]);
  });

  test('of a party are kept one by one while strangers flood', async () => {
    const { kept, refusals } = recorder();
    for (let index = 0; index < 500; index += 1) refusals.recordLine('not-for-us');
    for (let index = 0; index < 500; index += 1) await refusals.record(refusal());
    await refusals.record(refusal('00000001900000000001'));
    expect(ofKind(kept, 'refusal').filter(({ facts }) => facts.from !== undefined)).toHaveLength(1);
    await refusals.close();
  });

  test('that were counted while the database is away are in the log when it is back, each once', async () => {
    const { kept, database, refusals } = recorder();
    for (let index = 0; index < ownEntriesMax.stranger + 25; index += 1) await refusals.record(refusal());
    database.isAway = true;
    await expect(refusals.close()).rejects.toThrow('away');
    database.isAway = false;
    await refusals.close();
    await refusals.close();
    expect(ofKind(kept, 'refusal-summary').map(({ facts }) => facts.count)).toEqual([25]);
  });

  test('that stay few need no summary', async () => {
    const { kept, refusals } = recorder();
    await refusals.record(refusal());
    await refusals.close();
    expect(kept.map(({ facts }) => facts.kind)).toEqual(['refusal']);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parseCrl } from '@ketensluis/mail';
import { derOf, evidenceOfEntry } from '@ketensluis/platform';
import { createHash, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation } from './situation.js';
import { underMandate } from './steps.js';

const sha256 = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex');

describe('by what a mail was believed', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const fileOf = (...words: readonly string[]): string => readFileSync(join(hub.practiceFolder, ...words), 'utf8');
  const entryAbout = async (messageId: string): Promise<string> =>
    (await hub.database.pool.query<{ id: string }>("select entry_id as id from decision where message_id = $1 and kind = 'permit' limit 1", [messageId])).rows[0]?.id ?? '';

  test('is kept beside it: the path to the anchor, the policies that held, and each list with its number and moment', async () => {
    const situation = openSituation(hub);
    const told = await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    const evidence = await evidenceOfEntry(hub.database.pool, await entryAbout(told.id));
    const certificate = (text: string): string => sha256(new X509Certificate(text).raw);
    expect(evidence?.path[0]).toBe(certificate(fileOf('ca', 'root.cert.pem')));
    expect(evidence?.path.at(-1)).toBe(certificate(fileOf('politie-noorderwaard-hovj-1', 'sign.cert.pem')));
    expect(evidence?.path.slice(1, -1).toSorted()).toEqual(derOf(fileOf('ca', 'chain.pem')).map(sha256).toSorted());
    expect(evidence?.policies).toEqual(['2.16.528.1.1003.1.2.5.1']);
    const lists = readdirSync(join(hub.practiceFolder, 'ca')).filter((name) => name.endsWith('.crl.pem')).flatMap((name) => derOf(fileOf('ca', name))).map((der) => parseCrl(der));
    // As many as there are certificates below the anchor.
    expect(evidence?.revocation).toHaveLength((evidence?.path.length ?? 0) - 1);
    for (const one of evidence?.revocation ?? []) {
      const list = lists.find((found) => found.sha256 === one.sha256);
      expect(one).toMatchObject({ kind: 'list', number: String(list?.number), thisUpdate: list?.thisUpdate.toISOString() });
    }
  });

  test('names nobody, stands in no entry of the log, and goes with its message', async () => {
    const situation = openSituation(hub);
    const { id } = await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    const { rows: [kept] } = await hub.database.pool.query<{ text: string }>('select to_jsonb(e)::text as text from mail_evidence e where message_id = $1', [id]);
    expect(kept?.text).not.toMatch(/politie|hovj|@|CN=/i);
    const [signer = ''] = /[0-9a-f]{64}(?=")/.exec(kept?.text ?? '') ?? [];
    expect(signer).not.toBe('');
    const { rows: entries } = await hub.database.pool.query<{ leaf: Buffer }>('select leaf from entry');
    expect(entries.filter(({ leaf }) => leaf.includes(signer))).toEqual([]);
    const { rows: [reference] } = await hub.database.pool.query<{ rule: string }>("select confdeltype as rule from pg_constraint where conrelid = 'mail_evidence'::regclass and contype = 'f'");
    expect(reference?.rule).toBe('c');
  });
});

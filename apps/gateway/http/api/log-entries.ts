import { traceIn } from '@ketensluis/domain';
import type { OwnEntry } from '@ketensluis/flow';
import { z } from 'zod';
import type { Caller } from '../caller.js';
import { proofSha256Of } from '../proof-name.js';
import { headerOf } from '../request.js';
import { idField, limitField, nothing, served, type Asked, type ServedOperation } from './operation.js';

const entrySchema = z.strictObject({
  id: idField('Id van de regel.'),
  index: z.int().min(0).meta({ description: 'Plaats in het logboek, vanaf 0.' }),
  regel: z.string().meta({ description: 'De regel byte voor byte (canonieke JSON, UTF-8); hierover gaat het bewijs.' }),
  bewijs: z.string().meta({ description: 'Bewijs dat de regel onder een ondertekende stand van het logboek valt (C2SP tlog-proof).' }),
});
const pageSchema = z.strictObject({
  logregels: z.array(entrySchema).meta({ description: 'In de volgorde van het logboek.' }),
  volgende: z.int().min(0).nullable().meta({ description: 'Waarde van `na` voor de volgende pagina; null zolang het logboek leeg is.' }),
  isLaatste: z.boolean().meta({ description: 'Of dit de laatste pagina is. Een pagina kan leeg zijn en toch niet de laatste.' }),
});

const example = {
  id: '019ab000-0000-7000-8000-000000000002', index: 41,
  regel: '{"at":"2026-11-22T09:00:00.000Z","id":"019ab000-0000-7000-8000-000000000002","kind":"disclosure"}',
  bewijs: 'c2sp.org/tlog-proof@v1\nindex 41\n\nketensluis.example/log\n42\n...\n',
};

const shown = ({ id, index, leaf, proof }: OwnEntry): z.input<typeof entrySchema> =>
  ({ id, index, regel: Buffer.from(leaf).toString('utf8'), bewijs: Buffer.from(proof).toString('utf8') });

type Looked = Pick<Parameters<Asked<unknown, unknown>['hub']['store']['own']['recordLook']>[0], 'first' | 'entryId' | 'outcome' | 'count'>;

// Before the answer leaves: a look that cannot be recorded shows nothing.
const record = ({ hub, request }: Asked<unknown, unknown>, caller: Caller, look: Looked): Promise<void> => hub.store.own.recordLook({
  at: hub.clock.now(), oin: caller.party.oin, proofSha256: proofSha256Of(caller), scope: 'logregels', trace: traceIn(headerOf(request, 'traceparent') ?? ''), ...look,
});

const callerOf = ({ caller }: Asked<unknown, unknown>): Caller => {
  if (caller === null) throw new Error('bug: nobody reads entries without a name');
  return caller;
};

/** The entries of the caller in the log, with their proofs. */
export const logEntryOperations: readonly ServedOperation[] = [
  served({
    id: 'logregelsOphalen', method: 'GET', address: '/logregels', tag: 'logregels', scope: 'logregels', path: nothing,
    summary: 'Uw logregels', description: 'Wat u stuurde en wat daarover is beslist, en wat u ontving, met bewijs. Elke raadpleging wordt vastgelegd.',
    query: z.strictObject({
      na: z.string().regex(/^(0|[1-9][0-9]{0,14})$/).transform(Number).optional().meta({ description: 'de waarde van `volgende` van de vorige pagina.' }),
      aantal: limitField,
    }),
    answer: { status: 200, description: 'Een pagina logregels.', content: { name: 'Logregels', schema: pageSchema, example: { logregels: [example], volgende: 41, isLaatste: true } } },
    example: {},
  }, async (asked) => {
    const caller = callerOf(asked);
    const { na: after = null, aantal: limit } = asked.query;
    const page = await asked.hub.logReads.own({ role: 'party', oin: caller.party.oin }, { after, limit });
    await record(asked, caller, { first: (after ?? -1) + 1, entryId: null, outcome: 'given', count: page.entries.length });
    return { logregels: page.entries.map(shown), volgende: page.next, isLaatste: page.isLast };
  }),
  served({
    id: 'logregelOphalen', method: 'GET', address: '/logregels/{id}', tag: 'logregels', scope: 'logregels', query: nothing,
    summary: 'Een logregel', description: 'Een van uw logregels. Die van een ander en een die er niet is, krijgen hetzelfde antwoord.',
    path: z.strictObject({ id: idField('Id van de regel.') }),
    answer: { status: 200, description: 'De logregel met zijn bewijs.', content: { name: 'Logregel', schema: entrySchema, example } },
    example: { id: example.id },
  }, async (asked) => {
    const caller = callerOf(asked);
    const entry = await asked.hub.logReads.entry({ role: 'party', oin: caller.party.oin }, asked.path.id);
    const outcome = entry === null ? 'absent' : entry === 'foreign' ? 'refused' : 'given';
    await record(asked, caller, { first: null, entryId: asked.path.id, outcome, count: outcome === 'given' ? 1 : 0 });
    return entry === null || entry === 'foreign' ? null : shown(entry);
  }),
];

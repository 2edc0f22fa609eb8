import type { AskedTest, DeliveryOutcome } from '@ketensluis/flow';
import { z } from 'zod';
import { apiProblem } from '../problem.js';
import { requestLimiter } from '../request-limit.js';
import { idField, nothing, served, type ServedOperation } from './operation.js';

const outcomes = { delivered: 'afgeleverd', announced: 'aangekondigd', deferred: 'uitgesteld', rejected: 'geweigerd', unknown: 'onbekend', unusable: 'niet-mogelijk' } as const satisfies Record<DeliveryOutcome['kind'], string>;
const underWay = 'onderweg';

const testSchema = z.strictObject({
  id: idField('Id van het proefbericht; staat ook in wat u ontvangt.'),
  uitkomst: z.enum([...Object.values(outcomes), underWay]).meta({ description: 'Hoe de poging afliep; `onderweg` zolang dat nog niet bekend is.' }),
  code: z.string().nullable().meta({ description: 'Antwoord of oorzaak, als code; null als er geen is.' }),
});
const answer = {
  status: 200, description: 'Hoe de poging afliep.',
  content: { name: 'Testresultaat', schema: testSchema, example: { id: '019ab000-0000-7000-8000-000000000005', uitkomst: 'afgeleverd', code: '250' } },
} as const;

const resultOf = ({ id, result }: AskedTest): z.input<typeof testSchema> => {
  if (result === null) return { id, uitkomst: underWay, code: null };
  if (result.kind === 'tried') return { id, uitkomst: outcomes[result.outcome], code: result.code };
  return { id, uitkomst: outcomes.unusable, code: result.kind === 'later' ? 'log-not-sealed' : result.kind };
};

/** Tests of the caller's own channel; the part of the hub that delivers makes them. */
export const testMessageOperations: readonly ServedOperation[] = [
  served({
    id: 'testberichtSturen', method: 'POST', address: '/testberichten', tag: 'testberichten', scope: 'testberichten', path: nothing, query: nothing,
    summary: 'Een proefbericht ontvangen', description: 'De hub stuurt u een proefbericht langs uw eigen kanaal en zegt hoe dat afliep. Het gaat over niemand en hoort bij geen zaak. Wie een feed leest, ontvangt niets en krijgt 409. Duurt het lang, dan is de uitkomst `onderweg` en vraagt u haar later op met het id.',
    body: { name: 'Testbericht', schema: z.strictObject({}).meta({ description: 'Leeg.' }), example: {} },
    answer, example: {},
  }, async ({ caller, hub }) => {
    if (caller === null) return null;
    const { party } = caller;
    // A store of few requests that fills slowly: nobody needs many tests.
    const waitSeconds = requestLimiter(hub)({ kind: 'stranger', name: `test ${party.oin}` });
    if (waitSeconds > 0) return apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } });
    const { testWishes } = hub.store;
    const asked = await testWishes.awaitResult(party.oin, await testWishes.ask({ party: party.oin, example: null }, hub.clock.now()), hub.clock);
    if (asked?.result?.kind === 'no-channel') return apiProblem(409, { detail: 'The party is reached in no way that a test message could take.' });
    if (asked?.result?.kind === 'later') return apiProblem(503, { headers: { 'retry-after': '10' } });
    return asked === null ? null : resultOf(asked);
  }, [409, 413, 415]),
  served({
    id: 'testberichtOpvragen', method: 'GET', address: '/testberichten/{id}', tag: 'testberichten', scope: 'testberichten', path: z.strictObject({ id: idField('Id van het proefbericht.') }), query: nothing,
    summary: 'De uitkomst van een proefbericht', description: 'Hoe een proefbericht afliep dat u vroeg. Een uur na het vragen is dat weg, zodra u een volgend vraagt.',
    answer, example: { id: '019ab000-0000-7000-8000-000000000005' },
  }, async ({ path, caller, hub }) => {
    const asked = caller === null ? null : await hub.store.testWishes.find(caller.party.oin, path.id, hub.clock.now());
    return asked === null ? null : resultOf(asked);
  }),
];

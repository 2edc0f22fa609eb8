import { sha256Schema } from '@ketensluis/domain';
import { reconcileList, reconcilePeriodMaxMs, type Reconciled } from '@ketensluis/flow';
import { z } from 'zod';
import { idempotencyKeyOf, requestSha256 } from '../idempotency-key.js';
import { apiProblem } from '../problem.js';
import { bodyOf, type HttpRequest } from '../request.js';
import { requestLimiter } from '../request-limit.js';
import { idField, jsonOf, served, nothing, type ServedOperation } from './operation.js';

/** Lines of one request: they fit in a body of the usual size. Whoever received more asks for shorter periods. */
const listedMax = 5_000;

const differenceWords = { 'not-received': 'niet-ontvangen', 'not-sent': 'niet-verstuurd', 'not-delivered': 'niet-afgeleverd', 'other-document': 'ander-document' } as const;

const moment = (description: string) => z.iso.datetime({ offset: true }).meta({ description });

// Also where other fields are wrong: all that is wrong is told at once.
const always = { when: (): boolean => true };
const isPeriod = ({ van, tot }: { readonly van: string; readonly tot: string }): boolean => {
  const lasts = Date.parse(tot) - Date.parse(van);
  return Number.isNaN(lasts) || (lasts > 0 && lasts <= reconcilePeriodMaxMs);
};
const hasEachOnce = ({ ontvangen }: { readonly ontvangen: unknown }): boolean => {
  const ids = Array.isArray(ontvangen) ? ontvangen.map((line: unknown) => (typeof line === 'object' && line !== null && 'id' in line ? String(line.id).toLowerCase() : line)) : [];
  return new Set(ids).size === ids.length;
};

const listSchema = z
  .strictObject({
    van: moment('Begin van de periode; die moment telt mee.'),
    tot: moment('Einde van de periode; ten hoogste 31 dagen later. Dat moment telt niet meer mee.'),
    ontvangen: z.array(z.strictObject({
      id: idField('Id van de verstrekking of het proefbericht, zoals het in uw bericht, webhook of feed staat.'),
      ontvangenOp: moment('Wanneer u het had.'),
      sha256: sha256Schema.optional().meta({ description: 'SHA-256 van het document, hexadecimaal, als u die bewaarde.' }),
    })).max(listedMax).meta({ description: `Alles wat u in de periode ontving, ten hoogste ${listedMax}; ontving u meer, vraag dan kortere perioden.` }),
  })
  .refine(isPeriod, { ...always, path: ['tot'], message: 'The period ends after it began, and at most 31 days later.' })
  .refine(hasEachOnce, { ...always, path: ['ontvangen'], message: 'An id stands in the list more than once.' });

const comparedSchema = z.strictObject({
  opgegeven: z.int().min(0).meta({ description: 'Hoeveel u noemde.' }),
  overeenkomend: z.int().min(0).meta({ description: 'Hoeveel daarvan de hub u stuurde.' }),
  verschillen: z.array(z.strictObject({
    id: idField('Id van de verstrekking.'),
    soort: z.enum(Object.values(differenceWords)).meta({ description: 'niet-ontvangen: afgeleverd en niet in uw lijst; niet-verstuurd: in uw lijst en niet van ons; niet-afgeleverd: in uw lijst terwijl de levering stilstaat; ander-document: uw hash is een andere.' }),
  })).meta({ description: 'Elk verschil is bij de beheerder een taak; aan de leveringen verandert niets.' }),
});

const own = '019ab000-0000-7000-8000-000000000006';

/** Comparing what a party received with what was delivered to it. */
export const reconciliationOperations: readonly ServedOperation[] = [
  served({
    id: 'ontvangstVergelijken', method: 'POST', address: '/vergelijkingen', tag: 'vergelijkingen', scope: 'vergelijkingen', path: nothing, query: nothing, exampleKey: '0191e7a0-0000-7000-8000-000000000098',
    summary: 'Vergelijken wat u ontving',
    description: 'U noemt alles wat u in een periode ontving; de hub legt dat naast wat u is afgeleverd. Wat in het laatste kwartier van de periode is afgeleverd, mag in uw volgende lijst staan. Dezelfde lijst opnieuw opent niets twee keer.',
    body: { name: 'Ontvangstlijst', schema: listSchema, example: { van: '2026-03-01T00:00:00+01:00', tot: '2026-03-02T00:00:00+01:00', ontvangen: [{ id: own, ontvangenOp: '2026-03-01T09:00:00+01:00' }] } },
    answer: {
      status: 200, description: 'Wat verschilt.',
      content: { name: 'Vergelijking', schema: comparedSchema, example: { opgegeven: 1, overeenkomend: 0, verschillen: [{ id: own, soort: 'niet-verstuurd' }] } },
    },
    example: {},
  }, async ({ caller, request, hub }) => {
    if (caller === null) return null;
    const { oin } = caller.party;
    // Each line is opened and hashed: a store of few requests that fills slowly.
    const waitSeconds = requestLimiter(hub)({ kind: 'stranger', name: `reconcile ${oin}` });
    if (waitSeconds > 0) return apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } });
    const { van, tot, ontvangen } = listSchema.parse(jsonOf(bodyOf(request)));
    const list = ontvangen.map(({ id, ontvangenOp, sha256 }) => ({ id, receivedAt: ontvangenOp, ...(sha256 === undefined ? {} : { sha256 }) }));
    const named = nameOf(request);
    const found = await reconcileList({ party: oin, list, from: new Date(van), to: new Date(tot), named }, { clock: hub.clock, ids: hub.ids, reconciling: hub.store.reconciling });
    hub.events.tell(`reconciliation.${found.kind}`, { oin, ...(found.kind === 'compared' ? { count: found.differences.length } : { reason: found.code }) });
    return answerOf(found);
  }, [409, 413, 415]),
];

const nameOf = (request: HttpRequest) => {
  const key = idempotencyKeyOf(request);
  if (key === null) throw new Error('bug: a request without its name');
  return { key, sha256: requestSha256(request) };
};

const answerOf = (found: Reconciled): unknown => {
  if (found.kind === 'compared') {
    return { opgegeven: found.listed, overeenkomend: found.matched, verschillen: found.differences.map(({ id, kind }) => ({ id, soort: differenceWords[kind] })) };
  }
  switch (found.code) {
    case 'unknown-party': return null;
    case 'other-request': return apiProblem(409, { detail: 'The name of this request was used before for something else.' });
    case 'invalid-period': return apiProblem(400, { errors: [{ pointer: '/van', detail: 'The period has begun.' }] });
    case 'invalid-list': return apiProblem(400, { errors: [{ pointer: '/ontvangen', detail: 'The body does not fit its schema in the API document.' }] });
  }
};

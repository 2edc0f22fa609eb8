import { messageTypes } from '@ketensluis/domain';
import { confirm, deliveryStates, type DeliveryState, type OwnDelivery } from '@ketensluis/flow';
import { z } from 'zod';
import { bodyOf } from '../request.js';
import { idField, instantField, limitField, nothing, served, type ServedOperation } from './operation.js';

const stateWords: Readonly<Record<DeliveryState, string>> = { waiting: 'wachtend', announced: 'aangekondigd', delivered: 'afgeleverd', held: 'vastgehouden', dead: 'gestopt' };
const states = deliveryStates.map((state) => stateWords[state]);
const outcomeWords: Readonly<Record<string, string>> = {
  delivered: 'afgeleverd', announced: 'aangekondigd', deferred: 'uitgesteld', rejected: 'geweigerd', unknown: 'onbekend', unusable: 'niet-mogelijk',
};

const deliverySchema = z.strictObject({
  id: idField('Id van de levering; hetzelfde bij elke poging.'),
  berichtsoort: z.enum(messageTypes).meta({ description: 'Soort bericht.' }),
  volgnummer: z.int().min(1).meta({ description: 'Telt de verstrekkingen over deze zaak aan u; een gat betekent dat er een ontbreekt.' }),
  status: z.enum(states).meta({ description: 'Hoe ver de levering is.' }),
  aangemaaktOp: instantField('Wanneer de levering ontstond.'),
  afgerondOp: instantField('Wanneer zij eindigde; null zolang zij loopt.').nullable(),
  logregelId: idField('Regel in het logboek waarin de verstrekking staat.'),
  pogingen: z.array(z.strictObject({
    nummer: z.int().min(1).meta({ description: 'Vanaf 1.' }),
    begonnenOp: instantField('Begin van de poging.'),
    beeindigdOp: instantField('Einde; null als dat niet bekend is.').nullable(),
    uitkomst: z.enum(Object.values(outcomeWords)).nullable().meta({ description: 'Hoe de poging afliep.' }),
    code: z.string().max(100).nullable().meta({ description: 'Antwoord of oorzaak, als code.' }),
  })).meta({ description: 'Oudste eerst.' }),
});

const pageSchema = z.strictObject({
  leveringen: z.array(deliverySchema).meta({ description: 'In de volgorde waarin zij ontstonden.' }),
  volgende: idField('Waarde van `na` voor de volgende pagina; null op de laatste.').nullable(),
});

const example = {
  id: '019ab000-0000-7000-8000-000000000001', berichtsoort: 'huisverbod.opgelegd', volgnummer: 1, status: 'afgeleverd',
  aangemaaktOp: '2026-11-22T09:00:00.000Z', afgerondOp: '2026-11-22T09:00:01.000Z', logregelId: '019ab000-0000-7000-8000-000000000002',
  pogingen: [{ nummer: 1, begonnenOp: '2026-11-22T09:00:00.500Z', beeindigdOp: '2026-11-22T09:00:01.000Z', uitkomst: 'afgeleverd', code: '250' }],
};

const shown = (delivery: OwnDelivery): z.input<typeof deliverySchema> => ({
  id: delivery.id, berichtsoort: z.enum(messageTypes).parse(delivery.messageType), volgnummer: delivery.number, status: stateWords[delivery.state],
  aangemaaktOp: delivery.createdAt.toISOString(), afgerondOp: delivery.finishedAt?.toISOString() ?? null, logregelId: delivery.entryId,
  pogingen: delivery.attempts.map(({ number, startedAt, finishedAt, outcome, code }) => ({
    nummer: number, begonnenOp: startedAt.toISOString(), beeindigdOp: finishedAt?.toISOString() ?? null, uitkomst: outcomeWords[outcome ?? ''] ?? null,
    // What a peer says in its own words is not repeated here.
    code: code !== null && /^[A-Za-z0-9._-]{1,100}$/.test(code) ? code : null,
  })),
});

const confirmationSchema = z.strictObject({ functie: z.string().trim().min(1).max(120).meta({ description: 'Functie van wie het zegt, geen naam.' }) });

const moment = (description: string) => z.iso.datetime({ offset: true }).transform((text) => new Date(text)).optional().meta({ description });

/** The deliveries to the caller. */
export const deliveryOperations: readonly ServedOperation[] = [
  served({
    id: 'leveringenOphalen', method: 'GET', address: '/leveringen', tag: 'leveringen', scope: 'leveringen', path: nothing,
    summary: 'Uw leveringen', description: 'Wat er voor u is: soort bericht, status, pogingen en tijden. Nooit de inhoud; die brengt uw eigen kanaal.',
    query: z.strictObject({
      na: z.uuid().optional().meta({ description: 'het id van de laatste levering van de vorige pagina.' }),
      aantal: limitField,
      status: z.enum(states).optional().meta({ description: `een van ${states.join(', ')}.` }),
      berichtsoort: z.enum(messageTypes).optional().meta({ description: 'een soort bericht uit /begrippen.' }),
      vanaf: moment('een moment als 2026-11-22T09:00:00Z; leveringen die toen of later ontstonden.'),
      tot: moment('een moment als 2026-11-23T09:00:00Z; leveringen die daarvoor ontstonden.'),
    }),
    answer: { status: 200, description: 'Een pagina leveringen.', content: { name: 'Leveringen', schema: pageSchema, example: { leveringen: [example], volgende: null } } },
    example: {},
  }, async ({ query, caller, hub }) => {
    const state = deliveryStates.find((one) => stateWords[one] === query.status) ?? null;
    const filter = { after: query.na ?? null, limit: query.aantal + 1, state, messageType: query.berichtsoort ?? null, from: query.vanaf ?? null, to: query.tot ?? null };
    const found = await hub.store.own.deliveries(caller?.party.oin ?? '', filter, hub.clock.now());
    const page = found.slice(0, query.aantal);
    return { leveringen: page.map(shown), volgende: found.length > page.length ? (page.at(-1)?.id ?? null) : null };
  }),
  served({
    id: 'leveringOphalen', method: 'GET', address: '/leveringen/{id}', tag: 'leveringen', scope: 'leveringen', query: nothing,
    summary: 'Een levering', description: 'Een van uw leveringen. Die van een ander en een die er niet is, krijgen hetzelfde antwoord.',
    path: z.strictObject({ id: idField('Id van de levering.') }),
    answer: { status: 200, description: 'De levering.', content: { name: 'Levering', schema: deliverySchema, example } },
    example: { id: example.id },
  }, async ({ path, caller, hub }) => {
    const found = await hub.store.own.delivery(caller?.party.oin ?? '', path.id, hub.clock.now());
    return found === null ? null : shown(found);
  }),
  served({
    id: 'leveringBevestigen', method: 'POST', address: '/leveringen/{id}/_bevestig', tag: 'leveringen', scope: 'leveringen', query: nothing,
    summary: 'Zeggen dat u ervan weet', description: 'Uw woord dat iemand bij u de verstrekking kent. Bij een verbetering of intrekking doet alleen dat woord de plicht om u daarvan te laten weten (Wpg art. 4 lid 4, AVG art. 19). Twee keer zeggen telt één keer.',
    path: z.strictObject({ id: idField('Id van de levering.') }),
    body: { name: 'Bevestiging', schema: confirmationSchema, example: { functie: 'dienstdoende' } },
    answer: { status: 200, description: 'Het staat in het logboek.', content: { name: 'Bevestigd', schema: z.strictObject({ eerder: z.boolean().meta({ description: 'Of u het eerder zei.' }) }), example: { eerder: false } } },
    example: { id: example.id },
  }, async ({ path, caller, request, hub }) => {
    if (caller === null) return null;
    const { functie } = confirmationSchema.parse(JSON.parse(bodyOf(request).toString('utf8')));
    const result = await confirm({ id: path.id, oin: caller.party.oin, by: functie, how: null }, { clock: hub.clock, ids: hub.ids, confirmations: hub.store.confirmations });
    if (result === 'confirmed') hub.events.tell('disclosure.confirmed', { oin: caller.party.oin, deliveryId: path.id });
    return result === 'absent' ? null : { eerder: result === 'repeated' };
  }, [413, 415]),
];

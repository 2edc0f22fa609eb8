import { messageTypes, oinSchema } from '@ketensluis/domain';
import { z } from 'zod';
import { idempotencyHeader } from '../idempotency-key.js';
import { idField, nothing, type Operation } from './operation.js';

// What a message holds depends on its type; those schemas stand beside this document, one for each type.
const messageSchema = z.strictObject({
  soort: z.enum(messageTypes).meta({ description: 'Soort bericht; bepaalt het schema (config/schema/<soort>.schema.json).' }),
  versie: z.literal(1).meta({ description: 'Versie van het schema.' }),
  kenmerk: idField('Uw eigen kenmerk van dit bericht.'),
  vervangt: idField('Kenmerk van het bericht dat hiermee wordt verbeterd.').optional(),
  zaak: z.strictObject({
    wet: z.string().meta({ description: 'De wet.' }), gemeente: z.string().regex(/^[0-9]{4}$/).meta({ description: 'CBS-code van de gemeente.' }),
    nummer: z.string().max(100).meta({ description: 'Zaaknummer.' }),
  }).meta({ description: 'Over welke zaak het gaat.' }),
  verzonden: z.iso.datetime({ offset: true }).meta({ description: 'Wanneer u het verzond.' }),
  afzender: z.strictObject({
    oin: oinSchema.meta({ description: 'Uw OIN.' }), rol: z.string().meta({ description: 'Uw rol in de zaak.' }), functie: z.string().optional().meta({ description: 'Functie van wie het verzendt.' }),
  }).meta({ description: 'Wie het verzendt; moet de aanroeper zijn.' }),
  inhoud: z.looseObject({}).meta({ description: 'De velden van deze soort.' }),
  bijlagen: z.array(z.looseObject({})).optional().meta({ description: 'Welke bestanden erbij horen.' }),
});

const example = {
  soort: 'bereikbaarheid.opgegeven', versie: 1, kenmerk: '0191e7a0-0000-7000-8000-000000000013', zaak: { wet: 'WTH', gemeente: '9901', nummer: 'HV-2026-0001' },
  verzonden: '2026-03-24T08:00:00.000Z', afzender: { oin: '00000001900000000101', rol: 'OOV', functie: 'Medewerker openbare orde en veiligheid' },
  inhoud: { opgegeven_op: '2026-03-24T08:45:00+01:00', bereikbaarheid: { telefoon: '06 00000002', toelichting: 'Overdag te bereiken bij de opvang.' } },
};

const wrapped = z.strictObject({
  bericht: z.union([messageSchema, z.string()]).meta({ description: 'Het bericht, of als tekst in XML.' }),
  bijlagen: z.array(z.strictObject({
    naam: z.string().max(200).meta({ description: 'Bestandsnaam, zoals het bericht hem noemt.' }), inhoud: z.base64().meta({ description: 'Het bestand in base64.' }),
  })).max(20).meta({ description: 'De bestanden die het bericht noemt.' }),
});

const base64 = (description: string) => z.base64().meta({ description });
const disclosureSchema = z.strictObject({
  id: idField('Id van de verstrekking.'),
  volgnummer: z.int().min(1).meta({ description: 'Telt de verstrekkingen over deze zaak aan u.' }),
  verstrekking: z.strictObject({ type: z.string().meta({ description: 'Mediatype.' }), inhoud: base64('Het document byte voor byte.') }).meta({ description: 'Wat u krijgt.' }),
  bijlagen: z.array(z.strictObject({
    naam: z.string().meta({ description: 'Bestandsnaam.' }), type: z.string().meta({ description: 'Mediatype.' }),
    sha256: z.string().length(64).meta({ description: 'SHA-256, hexadecimaal; staat ook in het document.' }), inhoud: base64('Het bestand.'),
  })).meta({ description: 'De bestanden erbij.' }),
  bewijs: z.strictObject({
    leaf: z.string().meta({ description: 'De logregel.' }), opening: z.string().meta({ description: 'Opent de vastlegging van het document.' }),
    proof: z.string().meta({ description: 'Het bewijs (C2SP tlog-proof).' }),
  }).meta({ description: 'Bewijst dat dit document in het logboek stond voor het vertrok.' }),
});

/** Operations that controllers of their own answer; the document tells of them as of the others. */
export const exchangeOperations: readonly Operation[] = [
  {
    id: 'berichtSturen', method: 'POST', address: '/berichten', tag: 'berichten', scope: 'berichten', path: nothing, query: nothing, example: {},
    summary: 'Een bericht sturen',
    description: '202 betekent: opgeslagen. Wat ervan wordt, staat in uw logregels. Herhaal een verzoek met dezelfde Idempotency-Key; het antwoord blijft gelijk. Alle fouten komen samen terug. Een proefbericht zonder gevolgen krijgt 204.',
    headers: idempotencyHeader('0191e7a0-0000-7000-8000-000000000099'),
    body: {
      'application/json': { name: 'Bericht', schema: z.union([messageSchema, wrapped]), example },
      'application/xml': { name: 'BerichtXml', schema: { type: 'string', description: 'Het bericht als XML (config/schema/<soort>.xsd), zonder bijlagen.' }, example: null },
    },
    answer: { status: 202, description: 'Opgeslagen.', content: { name: 'Aangenomen', schema: z.strictObject({ id: idField('Id van het bericht bij de hub.') }), example: { id: '019ab000-0000-7000-8000-000000000004' } } },
    refusals: [409, 413, 415],
  },
  {
    id: 'verstrekkingOphalen', method: 'GET', address: '/verstrekkingen/{id}', tag: 'verstrekkingen', scope: 'verstrekkingen', query: nothing, headers: {}, body: {},
    path: z.strictObject({ id: idField('Id uit de dataref van een webhook of uit uw feed.') }),
    summary: 'Een verstrekking ophalen', description: 'Wat een webhook of feed aankondigde, met bewijs. Het ophalen is de verstrekking en staat in het logboek voordat u iets ontvangt.',
    answer: {
      status: 200, description: 'De verstrekking.',
      content: {
        name: 'Verstrekking', schema: disclosureSchema,
        example: {
          id: '019ab000-0000-7000-8000-000000000001', volgnummer: 1, verstrekking: { type: 'application/json', inhoud: 'e30=' }, bijlagen: [],
          bewijs: { leaf: '{"kind":"disclosure"}', opening: '{"salt":"..."}', proof: 'c2sp.org/tlog-proof@v1\n' },
        },
      },
    },
    refusals: [404, 410], example: { id: '019ab000-0000-7000-8000-000000000001' },
  },
];

import { mailboxOf } from '@ketensluis/domain';
import { proposeCertificate, readCertificate } from '@ketensluis/flow';
import { mailAddressesOf } from '@ketensluis/mail';
import { certificatePorts, derOf, type Hub } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { idempotencyKeyOf, requestSha256 } from '../idempotency-key.js';
import { apiProblem } from '../problem.js';
import { bodyOf } from '../request.js';
import { requestLimiter } from '../request-limit.js';
import { idField, jsonOf, nothing, served, type ServedOperation } from './operation.js';

const pemMaxChars = 16_384;
/** Persons who must approve; see domain/party-certificate.ts. */
const approvalsNeeded = 2;
const stateWords = { proposed: 'voorgesteld', approved: 'goedgekeurd', rejected: 'afgewezen', revoked: 'ingetrokken' } as const;
const inRegister = 'in-register';

const publishSchema = z.strictObject({ certificaat: z.string().max(pemMaxChars).meta({ description: 'Eén certificaat als PEM (RFC 7468) om mail aan u mee te versleutelen, op het adres waar u mail ontvangt.' }) });

const publishedSchema = z.strictObject({
  id: idField('Id van het voorstel; null voor het certificaat dat al in het register staat.').nullable(),
  sha256: z.string().length(64).meta({ description: 'SHA-256 over DER, hexadecimaal.' }),
  status: z.enum([...Object.values(stateWords), inRegister]).meta({ description: 'Hoe ver het is. Alleen wat goedgekeurd is of in het register staat, wordt gebruikt.' }),
  goedkeuringen: z.int().min(0).max(approvalsNeeded).meta({ description: 'Hoeveel personen het goedkeurden.' }),
  nodig: z.literal(approvalsNeeded).meta({ description: 'Hoeveel verschillende personen bij de beheerder het moeten goedkeuren voordat het wordt gebruikt.' }),
});

/** Who stands in the proposal: the party itself, which approves nothing. */
const proposerOf = (oin: string): string => `party ${oin}`;

const portsOf = ({ clock, ids, registers, store, trust }: Hub) => certificatePorts({ clock, ids, registers, store: store.trust, believe: trust });

/** What the hub has now of this certificate. */
const standingOf = async (hub: Hub, oin: string, sha256: string): Promise<z.input<typeof publishedSchema>> => {
  const { documents } = await hub.store.trust.load();
  const known = documents.flatMap((one) => (one.kind === 'certificate' && one.party === oin && one.sha256 === sha256 ? [one] : [])).at(-1);
  if (known === undefined) return { id: null, sha256, status: inRegister, goedkeuringen: 0, nodig: approvalsNeeded };
  return { id: known.id, sha256, status: stateWords[known.state], goedkeuringen: known.approvals.length, nodig: approvalsNeeded };
};

const unusable = apiProblem(400, {
  errors: [{ pointer: '/certificaat', detail: 'One certificate in PEM that can be used now: for encryption, of an authority the hub believes, not ended or revoked, for the address your mail is sent to.' }],
});

/** Certificates a party publishes for mail to it. */
export const certificateOperations: readonly ServedOperation[] = [
  served({
    id: 'certificaatPubliceren', method: 'POST', address: '/certificaten', tag: 'certificaten', scope: 'certificaten', path: nothing, query: nothing, exampleKey: '0191e7a0-0000-7000-8000-000000000097',
    summary: 'Een nieuw certificaat bekendmaken',
    description: '202 betekent: voorgesteld, nog niet in gebruik. Mail aan u wordt er pas mee versleuteld als twee personen bij de beheerder het goedkeurden. Hetzelfde certificaat opnieuw bekendmaken zegt hoe ver het is.',
    body: { name: 'Certificaat', schema: publishSchema, example: { certificaat: '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n' } },
    answer: {
      status: 202, description: 'Voorgesteld, of al bekend.',
      content: { name: 'Certificaatvoorstel', schema: publishedSchema, example: { id: '019ab000-0000-7000-8000-000000000007', sha256: 'ab'.repeat(32), status: 'voorgesteld', goedkeuringen: 0, nodig: 2 } },
    },
    example: {},
  }, async ({ caller, request, hub }) => {
    if (caller === null) return null;
    const { party } = caller;
    // Every one that is new asks two persons to look.
    const waitSeconds = requestLimiter(hub)({ kind: 'stranger', name: `certificate ${party.oin}` });
    if (waitSeconds > 0) return apiProblem(429, { headers: { 'retry-after': String(waitSeconds) } });
    const mailbox = mailboxOf(party.channel);
    if (mailbox === null) return apiProblem(409, { detail: 'The party is not reached by mail, so no certificate is used.' });
    const [der, ...more] = derOf(publishSchema.parse(jsonOf(bodyOf(request))).certificaat);
    const certificate = der === undefined || more.length > 0 ? null : readCertificate(der);
    // Nobody publishes for somebody else, and nobody learns here whose address one is.
    if (der === undefined || certificate === null || !mailAddressesOf(certificate).some((address) => address.toLowerCase() === mailbox)) return unusable;
    const sha256 = createHash('sha256').update(der).digest('hex');
    const at = hub.clock.now();
    const named = await hub.store.own.nameRequest({ oin: party.oin, key: idempotencyKeyOf(request) ?? '', sha256: requestSha256(request), ref: hub.ids.next(at), at });
    if (named === 'other') return apiProblem(409, { detail: 'The name of this request was used before for something else.' });
    const verdict = await proposeCertificate(der, proposerOf(party.oin), portsOf(hub));
    hub.events.tell(`certificate.${verdict.kind}`, { oin: party.oin });
    return verdict.kind === 'refused' ? unusable : standingOf(hub, party.oin, sha256);
  }, [409, 413, 415]),
];

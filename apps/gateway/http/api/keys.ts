import { webhookVerifierText } from '@ketensluis/contract';
import { keyStateAt, type KeyState } from '@ketensluis/domain';
import { parseCertificate } from '@ketensluis/mail';
import type { Hub } from '@ketensluis/platform';
import { createHash, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { idField, instantField, nothing, served, type ServedOperation } from './operation.js';

const stateWords: Readonly<Record<KeyState, string>> = { announced: 'aangekondigd', active: 'actief', retiring: 'uitlopend', ended: 'beeindigd' };
const uses = ['ondertekenen', 'versleutelen', 'tls'] as const;

const keysSchema = z.strictObject({
  logboek: z.strictObject({
    sleutel: z.string().meta({ description: 'Sleutel waarmee het logboek wordt gecontroleerd (C2SP vkey).' }),
    beleid: z.string().nullable().meta({ description: 'Getuigen en hoeveel er moeten meetekenen (C2SP tlog-policy); null zonder getuigen.' }),
  }).meta({ description: 'Waarmee u bewijzen controleert.' }),
  certificaten: z.array(z.strictObject({
    gebruik: z.enum(uses).meta({ description: 'Waarvoor het certificaat is.' }),
    pem: z.string().meta({ description: 'Het certificaat (RFC 7468).' }),
    sha256: z.string().length(64).meta({ description: 'SHA-256 over DER, hexadecimaal.' }),
    geldigVan: instantField('Begin van de geldigheid.'),
    geldigTot: instantField('Einde van de geldigheid.'),
  })).meta({ description: 'Certificaten van de hub.' }),
  webhooksleutels: z.array(z.strictObject({
    id: idField('Id van de sleutel.'),
    schema: z.enum(['v1', 'v1a']).meta({ description: 'Soort handtekening (Standard Webhooks).' }),
    publiekeSleutel: z.string().nullable().meta({ description: 'Van v1a de publieke sleutel (whpk_); van v1 is er niets dat getoond mag worden.' }),
    status: z.enum(Object.values(stateWords)).meta({ description: 'Of de sleutel nu tekent.' }),
    actiefVanaf: instantField('Vanaf wanneer de hub ermee tekent.'),
    eindigtOp: instantField('Vanaf wanneer de sleutel niets meer waard is; null zolang dat niet bekend is.').nullable(),
  })).meta({ description: 'Waarmee de hub webhooks aan u ondertekent.' }),
});

const pem = (der: Uint8Array): string => `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

const certificate = (use: (typeof uses)[number], der: Uint8Array) => {
  const { notBefore, notAfter } = parseCertificate(der);
  return { gebruik: use, pem: pem(der), sha256: createHash('sha256').update(der).digest('hex'), geldigVan: notBefore.toISOString(), geldigTot: notAfter.toISOString() };
};

const certificatesOf = ({ identity }: Hub) => [
  certificate('ondertekenen', identity.sign.certificate), certificate('versleutelen', identity.encrypt.certificate), certificate('tls', new X509Certificate(identity.tls.cert).raw),
];

const webhookKeysOf = async (hub: Hub, oin: string) => {
  const at = hub.clock.now();
  const keys = (await hub.store.webhookKeys.list(oin)).filter(({ direction }) => direction === 'to-party');
  return keys.map((key) => ({
    id: key.id, schema: key.scheme, publiekeSleutel: key.publicKey === null ? null : webhookVerifierText({ scheme: 'v1a', publicKey: key.publicKey }),
    status: stateWords[keyStateAt(key, at)], actiefVanaf: key.activeFrom.toISOString(), eindigtOp: key.endsAt?.toISOString() ?? null,
  }));
};

/** The public keys of the hub. */
export const keyOperations: readonly ServedOperation[] = [
  served({
    id: 'sleutelsOphalen', method: 'GET', address: '/sleutels', tag: 'sleutels', scope: 'sleutels', path: nothing, query: nothing,
    summary: 'Sleutels van de hub', description: 'Waarmee u handtekeningen, bewijzen en verbindingen van de hub controleert. Bewaar de sleutel van het logboek ook buiten dit kanaal.',
    answer: {
      status: 200, description: 'De sleutels van nu.',
      content: {
        name: 'Sleutels', schema: keysSchema,
        example: {
          logboek: { sleutel: 'ketensluis.example/log+0a1b2c3d+AbcDef', beleid: null },
          certificaten: [{
            gebruik: 'ondertekenen', pem: '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n', sha256: 'ab'.repeat(32),
            geldigVan: '2026-01-01T00:00:00.000Z', geldigTot: '2028-01-01T00:00:00.000Z',
          }],
          webhooksleutels: [{ id: '019ab000-0000-7000-8000-000000000003', schema: 'v1a', publiekeSleutel: `whpk_${'A'.repeat(43)}=`, status: 'actief', actiefVanaf: '2026-01-01T00:00:00.000Z', eindigtOp: null }],
        },
      },
    },
    example: {},
  }, async ({ hub, caller }) => {
    const { vkey, policy } = await hub.logReads.key();
    return { logboek: { sleutel: vkey, beleid: policy }, certificaten: certificatesOf(hub), webhooksleutels: await webhookKeysOf(hub, caller?.party.oin ?? '') };
  }),
];

import { readWebhookSigner, type WebhookSigner } from '@ketensluis/contract';
import { addWebhookKey, type WebhookKey } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';
import { randomBytes } from 'node:crypto';
import { documentOf, type Step } from '../../apps/practice/script.js';

// A spec of an app knows no other app (test/architecture), so it takes what a practice party posts with from here.
export { postedOf, signedHeaders, webhookOf, type WebhookToSend } from '../../apps/practice/posted.js';

/** A key with which a party signs what it sends to the hub, of which the hub knows. */
export const partySigner = async (hub: Hub, party: string): Promise<WebhookSigner> => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await registerVerifier(hub, party, secret);
  const signer = readWebhookSigner(secret);
  if (signer === null) throw new Error('a secret that is none');
  return signer;
};

/** Has the hub believe this key of the party. */
export const registerVerifier = async (hub: Hub, party: string, given: string): Promise<WebhookKey> => {
  const ports = { clock: hub.clock, ids: hub.ids, registers: hub.registers, keys: hub.store.webhookKeys, random: (bytes: number) => randomBytes(bytes) };
  const saved = await addWebhookKey({ party, direction: 'from-party', scheme: given.startsWith('whpk_') ? 'v1a' : 'v1', given, activeFrom: null }, 'test', ports);
  if (saved.kind === 'refused') throw new Error(saved.detail);
  return saved.key;
};

/** A message as XML text; its files are left out. */
export const xmlOf = (step: Step, start: Date, now: Date): string => Buffer.from(documentOf(step, start, now).document).toString('utf8');

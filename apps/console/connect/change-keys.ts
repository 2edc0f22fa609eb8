import { apiScopes, clientKeysSchema, keyOverlapDaysMax, mailboxOf, type NewClient } from '@ketensluis/domain';
import { addClient, addWebhookKey, endWebhookKey, proposeCertificate, readCertificate, revokeClient, rotateWebhookKey, type ClientPorts, type KeyVerdict, type WantedKey, type WebhookKeyPorts } from '@ketensluis/flow';
import { mailAddressesOf } from '@ketensluis/mail';
import { derOf } from '@ketensluis/platform';
import { randomBytes } from 'node:crypto';
import type { Desk } from '../desk.js';
import { faulty, goTo, nothingThere, type Answer, type Attended } from '../route.js';
import type { Faults } from '../shell/fields.js';
import { portsOf } from './certificates.js';
import { keysBody, keysPath, keysTrail, madePage } from './keys.js';
import { ownOf, type Own } from './place.js';
import { keyWords } from './words-keys.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const keyPorts = ({ hub: { clock, ids, registers, store } }: Desk): WebhookKeyPorts => ({ clock, ids, registers, keys: store.webhookKeys, random: (bytes) => randomBytes(bytes) });
const clientPorts = ({ hub: { clock, ids, registers, store } }: Desk): ClientPorts => ({ clock, ids, registers, clients: store.clients });

const again = async (visit: Attended, own: Own, faults: Faults): Promise<Answer> => {
  const form = new URLSearchParams(visit.form);
  // What may have been a private key is not sent back.
  for (const name of ['eigen', 'nieuw', 'jwks']) form.delete(name);
  return faulty(keyWords(visit.language).title, await keysBody(visit, own, { faults, form }), keysTrail(visit));
};

const told = (visit: Attended, detail: string): string => {
  const words = keyWords(visit.language);
  return Object.entries(words.refusals).find(([known]) => known === detail)?.[1] ?? `${words.unusable} ${detail}`;
};

const answered = (visit: Attended, own: Own, { verdict, field }: { readonly verdict: KeyVerdict; readonly field: string }): Answer | Promise<Answer> => {
  if (verdict.kind === 'refused') return again(visit, own, { [field]: told(visit, verdict.detail) });
  visit.desk.hub.events.tell('webhook-key.changed', { oin: own.party.oin });
  return verdict.text === null ? goTo(`${keysPath}?gedaan=sleutel`) : madePage(visit, own, verdict);
};

const wantedOf = (own: Own, { richting, soort, eigen }: { readonly richting: string; readonly soort: string; readonly eigen: string }): Omit<WantedKey, 'activeFrom'> =>
  ({ party: own.party.oin, direction: richting === 'from-party' ? 'from-party' : 'to-party', scheme: soort === 'v1a' ? 'v1a' : 'v1', given: eigen.trim() === '' ? null : eigen.trim() });

/** A key beside those there are. */
export const addKey = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { form, desk, person } = visit;
  const wanted = wantedOf(own, { richting: form.get('richting') ?? '', soort: form.get('soort') ?? '', eigen: form.get('eigen') ?? '' });
  return answered(visit, own, { verdict: await addWebhookKey({ ...wanted, activeFrom: null }, person.account, keyPorts(desk)), field: 'eigen' });
};

/** A key in the place of another, which goes on for a while. */
export const rotateKey = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { form, desk, person, language } = visit;
  const days = (form.get('dagen') ?? '').trim();
  if (!/^\d{1,3}$/.test(days) || Number(days) > keyOverlapDaysMax) return again(visit, own, { dagen: keyWords(language).daysFault(keyOverlapDaysMax) });
  const [richting = '', soort = ''] = (form.get('welke') ?? '').split(' ');
  const wanted = wantedOf(own, { richting, soort, eigen: form.get('nieuw') ?? '' });
  return answered(visit, own, { verdict: await rotateWebhookKey(wanted, Number(days), person.account, keyPorts(desk)), field: 'nieuw' });
};

/** The end of a key, at once. */
export const endKey = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  const id = visit.path['id'] ?? '';
  if (own === null || !uuid.test(id)) return nothingThere;
  const verdict = await endWebhookKey(own.party.oin, id, visit.person.account, keyPorts(visit.desk));
  if (verdict.kind === 'refused') return verdict.detail === 'the party has no such key' ? nothingThere : again(visit, own, { '': told(visit, verdict.detail) });
  return goTo(`${keysPath}?gedaan=beeindigd`);
};

/** A program that may ask for tokens. */
export const addProgram = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { form, desk, person, language } = visit;
  const words = keyWords(language).clientFaults;
  const name = (form.get('naam') ?? '').trim();
  const scopes = apiScopes.filter((scope) => form.getAll('bereik').includes(scope));
  const keys = form.get('bewijs') === 'jwks' ? readKeys(form.get('jwks') ?? '', words.json) : null;
  const faults = { ...(name === '' ? { naam: words.name } : {}), ...(scopes.length === 0 ? { bereik: words.scopes } : {}), ...(typeof keys === 'string' ? { jwks: keys } : {}) };
  if (typeof keys === 'string' || Object.keys(faults).length > 0) return again(visit, own, faults);
  const added = await addClient({ oin: own.party.oin, name, scopes, keys }, person.account, clientPorts(desk));
  if (added.kind === 'refused') return again(visit, own, { naam: told(visit, added.detail) });
  return goTo(`${keysPath}?gedaan=client#programmas`);
};

/** Keys, or what is wrong with them: never their values, since one may be what should have stayed at home. */
const readKeys = (text: string, notJson: string): NewClient['keys'] | string => {
  try {
    const parsed = clientKeysSchema.safeParse(JSON.parse(text));
    return parsed.success ? [...parsed.data.keys] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ').slice(0, 500);
  } catch {
    return notJson;
  }
};

/** The end of a program, and of its tokens. */
export const revokeProgram = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  const id = visit.path['id'] ?? '';
  const found = own === null || !uuid.test(id) ? null : await visit.desk.hub.store.clients.find(id);
  if (own === null || found === null || found.oin !== own.party.oin) return nothingThere;
  await revokeClient(id, visit.person.account, clientPorts(visit.desk));
  return goTo(`${keysPath}?gedaan=ingetrokken#programmas`);
};

/** A certificate that two others must approve. */
export const proposeOwnCertificate = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { files, desk, person, language } = visit;
  const words = keyWords(language).certificateFaults;
  const refuse = (fault: string): Promise<Answer> => again(visit, own, { certificaat: fault });
  const mailbox = mailboxOf(own.party.channel);
  if (own.party.channel?.kind !== 'smime-mail' || mailbox === null) return refuse(words.channel);
  const text = files.get('certificaat')?.content.toString('latin1') ?? '';
  if (/PRIVATE KEY/.test(text)) return refuse(words.private);
  const [der, ...more] = derOf(text);
  const certificate = der === undefined || more.length > 0 ? null : readCertificate(der);
  if (der === undefined || certificate === null) return refuse(words.none);
  // Nobody proposes one for somebody else.
  if (!mailAddressesOf(certificate).some((address) => address.toLowerCase() === mailbox)) return refuse(words.address);
  const verdict = await proposeCertificate(der, person.account, portsOf(desk.hub));
  if (verdict.kind === 'refused') return refuse(told(visit, verdict.detail));
  return goTo(`${keysPath}?gedaan=${verdict.kind === 'known' ? 'bekend' : 'voorgesteld'}#certificaten`);
};

/** What the party checks the hub by, as files. */
export const hubKeyFile = async ({ desk: { hub }, path }: Attended): Promise<Answer> => {
  const { vkey, policy } = await hub.logReads.key();
  const files: Readonly<Record<string, string | null>> = { 'log.vkey': `${vkey}\n`, policy, 'hub-tls.pem': hub.identity.tls.cert };
  const name = path['bestand'] ?? '';
  const text = Object.hasOwn(files, name) ? files[name] : null;
  return text == null ? nothingThere : { kind: 'file', name, contentType: name.endsWith('.pem') ? 'application/x-pem-file' : 'text/plain; charset=utf-8', body: Buffer.from(text, 'utf8') };
};

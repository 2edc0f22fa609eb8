import { announceDays, ownKeyRoles, type OwnKey } from '@ketensluis/domain';
import { adoptOwnKeys, changeOwnKey, makeOwnKey, requestOf, type AskedStep, type OwnKeyPorts } from '@ketensluis/flow';
import { derOf, keyFiles, ownKeysFolder, ownOin } from '@ketensluis/platform';
import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import type { Desk } from '../desk.js';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { CheckField, FaultSummary, FileField, SelectField, TextField } from '../shell/fields.js';
import { dayText } from '../shell/moment.js';
import { Badge, Card, Facts, Form, Submit, Table } from '../shell/parts.js';
import { certificateWords } from './certificate-words.js';
import { DoneNotice } from './deliveries.js';

const rolesHere = ['sign', 'decrypt', 'tls'] as const satisfies readonly (typeof ownKeyRoles)[number][];
const kinds = { sign: 'rsa-3072', decrypt: 'rsa-3072', tls: 'p-256' } as const;
const dayMs = 86_400_000;
/** Bytes of a certificate with its chain. */
export const certificateFileMax = 256 * 1024;

const ownKeys = async ({ hub }: Pick<Desk, 'hub'>): Promise<readonly OwnKey[]> => (await hub.store.trust.load()).documents.flatMap((one) => (one.kind === 'own-key' ? [one] : []));

/** The keys of the hub, and making another one. */
export const keysCard = async (visit: Attended) => {
  const { desk, language, now } = visit;
  const words = certificateWords(language);
  const keys = (await ownKeys(desk)).filter(({ state }) => state !== 'destroyed');
  return (
    <Card title={words.keys} id="sleutels">
      <p className="soft">{words.keysLead}</p>
      {keys.length === 0 ? null : (
        <Table label={words.keys} language={language} rows={keys} keyOf={({ id }) => id} columns={[
          { head: words.use, isName: true, cell: ({ id, role }) => <a href={`/certificaten/sleutels/${id}`}>{words.keyRoles[role] ?? role}</a> },
          { head: words.state, cell: ({ state }) => <Badge tone={state === 'active' ? 'good' : state === 'made' || state === 'announced' ? 'wait' : 'plain'}>{words.keyStates[state]}</Badge> },
          { head: words.since, cell: (key) => dayText(sinceOf(key), language, now) },
        ]} />
      )}
      <Form visit={visit} to="/certificaten/sleutels" className="filters">
        <SelectField name="rol" label={words.newKey} language={language} options={rolesHere.map((role) => [role, words.keyRoles[role] ?? role] as const)} />
        <Submit isQuiet>{words.make}</Submit>
      </Form>
    </Card>
  );
};

const sinceOf = ({ madeAt, announcedAt, activeAt, retiringAt, decryptOnlyAt, destroyedAt }: OwnKey): Date => new Date(destroyedAt ?? decryptOnlyAt ?? retiringAt ?? activeAt ?? announcedAt ?? madeAt);

/** What changing own keys takes, of the running hub. */
const portsOf = ({ hub, configuration }: Desk): OwnKeyPorts & { readonly provider: ReturnType<typeof keyFiles> } =>
  ({ clock: hub.clock, ids: hub.ids, trust: hub.store.trust, provider: keyFiles(ownKeysFolder(join(configuration.dataFolder, 'keys'))), believe: hub.trust });

/** Writes down the keys the hub has in files, before the first of them is followed by another. */
const adopt = async (desk: Desk, by: string): Promise<void> => {
  const { hub: { identity: { sign, encrypt, tls }, clock, ids } } = desk;
  if ((await ownKeys(desk)).length > 0) return;
  const ports = portsOf(desk);
  const parts = [
    { role: 'sign', key: sign.privateKey, certificates: [sign.certificate, ...sign.chain] }, { role: 'decrypt', key: encrypt.privateKey, certificates: [encrypt.certificate, ...encrypt.chain] },
    { role: 'tls', key: createPrivateKey(tls.key), certificates: derOf(tls.cert) },
  ] as const;
  const adopted = [];
  for (const { role, key, certificates } of parts) {
    const id = ids.next(clock.now());
    await ports.provider.adopt(id, key);
    adopted.push({ id, role, certificates });
  }
  await adoptOwnKeys(adopted, by, ports);
};

/** Makes a key; it is used for nothing yet. */
export const makeKey = async (visit: Attended): Promise<Answer> => {
  const { desk, form, person } = visit;
  const role = rolesHere.find((one) => one === form.get('rol'));
  if (role === undefined) return nothingThere;
  await adopt(desk, person.account);
  const made = await makeOwnKey({ role, kind: kinds[role], organization: 'Ketensluis', address: desk.hub.identity.address, hosts: [] }, person.account, portsOf(desk));
  if (made.kind === 'refused') return nothingThere;
  await desk.hub.keyring.refresh();
  return goTo(`/certificaten/sleutels/${made.key.id}?gedaan=sleutel`);
};

/** One key, and the next step of its life. */
export const keyPage = async (visit: Attended): Promise<Answer> => (await keyPageOf(visit, {})) ?? nothingThere;

const keyPageOf = async (visit: Attended, faults: Readonly<Record<string, string>>): Promise<Page | null> => {
  const { desk, path, language, query, now } = visit;
  const words = certificateWords(language);
  const key = (await ownKeys(desk)).find(({ id }) => id === path['id']);
  if (key === undefined) return null;
  const title = words.key(words.keyRoles[key.role] ?? key.role);
  const body = (
    <>
      <FaultSummary faults={faults} language={language} />
      <DoneNotice query={query} texts={words.done} />
      <Card><Facts facts={[[words.state, words.keyStates[key.state]], [words.since, dayText(sinceOf(key), language, now)], [words.sha, <code>{key.certificate ?? ''}</code>]]} /></Card>
      <KeyStep visit={visit} ownKey={key} faults={faults} />
    </>
  );
  const trail = [{ href: '/certificaten', text: words.title }];
  return Object.keys(faults).length === 0 ? shown(title, body, trail) : faulty(title, body, [...trail, { href: `/certificaten/sleutels/${key.id}`, text: title }]);
};

interface StepProps {
  readonly visit: Attended;
  readonly ownKey: OwnKey;
  readonly faults: Readonly<Record<string, string>>;
}

const KeyStep = (props: StepProps) => {
  const { visit, ownKey: key } = props;
  const words = certificateWords(visit.language);
  const to = `/certificaten/sleutels/${key.id}/stap`;
  switch (key.state) {
    case 'made': return <><RequestCard {...props} /><AnnounceCard {...props} /></>;
    case 'announced': return <ActivateCard {...props} />;
    case 'retiring':
      return key.role === 'decrypt' ? <Card title={words.steps.retire}><p>{words.retireHint}</p><Form visit={visit} to={to}><Submit name="stap" value="retire">{words.retire}</Submit></Form></Card> : <DestroyCard {...props} />;
    case 'decrypt-only': return <DestroyCard {...props} />;
    case 'active': case 'destroyed': return <Card><p>{words.nothingToDo}</p></Card>;
  }
};

const RequestCard = ({ visit, ownKey: { id, role }, faults }: StepProps) => {
  const { language } = visit;
  const words = certificateWords(language);
  return (
    <Card title={words.steps.request}>
      <p>{words.requestHint}</p>
      <form method="get" action={`/certificaten/sleutels/${id}/aanvraag`}>
        <TextField name="organisatie" label={words.organization} language={language} value="Ketensluis" fault={faults['organisatie']} />
        {role === 'tls' ? <TextField name="namen" label={words.hosts} language={language} value={visit.desk.url.hostname} /> : null}
        <Submit isQuiet>{words.download}</Submit>
      </form>
    </Card>
  );
};

const AnnounceCard = ({ visit, ownKey: { id }, faults }: StepProps) => {
  const { language } = visit;
  const words = certificateWords(language);
  return (
    <Card title={words.steps.announce}>
      <Form visit={visit} to={`/certificaten/sleutels/${id}/stap`} hasFiles>
        <input type="hidden" name="stap" value="announce" />
        <FileField name="certificaat" label={words.file} hint={words.announceHint} language={language} accept=".pem,.crt,.cer" fault={faults['certificaat']} />
        <Submit>{words.announce}</Submit>
      </Form>
    </Card>
  );
};

const ActivateCard = ({ visit, ownKey: { id, role, announcedAt } }: StepProps) => {
  const { language, now } = visit;
  const words = certificateWords(language);
  const from = new Date(Date.parse(announcedAt ?? '') + announceDays * dayMs);
  const isEarly = role === 'decrypt' && from > now;
  return (
    <Card title={words.steps.activate}>
      <p>{isEarly ? words.activateWhen(announceDays, dayText(from, language, now)) : words.activateNow}</p>
      <Form visit={visit} to={`/certificaten/sleutels/${id}/stap`}>
        <input type="hidden" name="stap" value="activate" />
        {isEarly ? <CheckField name="eerder" label={words.early} /> : null}
        <Submit>{words.activate}</Submit>
      </Form>
    </Card>
  );
};

const DestroyCard = ({ visit, ownKey: { id, keepUntil } }: StepProps) => {
  const { language, now } = visit;
  const words = certificateWords(language);
  return (
    <Card title={words.steps.destroy}>
      {keepUntil === null ? null : <p>{words.destroyHint(dayText(new Date(keepUntil), language, now))}</p>}
      <Form visit={visit} to={`/certificaten/sleutels/${id}/stap`}>
        <input type="hidden" name="stap" value="destroy" />
        <CheckField name="zeker" label={words.destroySure} />
        <Submit tone="bad">{words.destroy}</Submit>
      </Form>
    </Card>
  );
};

/** What a certificate authority is asked with, as often as somebody wants it. */
export const keyRequest = async (visit: Attended): Promise<Answer> => {
  const { desk, path, query, language } = visit;
  const key = (await ownKeys(desk)).find(({ id }) => id === path['id']);
  if (key === undefined || key.state !== 'made' || key.algorithm === 'other') return nothingThere;
  const organization = (query.get('organisatie') ?? '').trim().slice(0, 64);
  if (organization === '') return (await keyPageOf(visit, { organisatie: certificateWords(language).organizationMissing })) ?? nothingThere;
  const hosts = (query.get('namen') ?? '').split(',').map((host) => host.trim()).filter((host) => /^[a-z0-9.-]{1,253}$/i.test(host));
  // The next certificate of our servers says who we are, as the one before it: without it no webhook goes out.
  const oin = key.role === 'tls' ? ownOin(desk.hub.identity) : null;
  const der = await requestOf(key.id, { role: key.role, kind: key.algorithm, organization, address: desk.hub.identity.address, hosts: hosts.length === 0 ? [desk.url.hostname] : hosts, ...(oin === null ? {} : { oin }) }, portsOf(desk));
  if (der === null) return nothingThere;
  const text = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;
  return { kind: 'file', name: `${key.role}.req.pem`, contentType: 'application/x-pem-file', body: Buffer.from(text) };
};

/** Takes a step in the life of a key. */
export const stepKey = async (visit: Attended): Promise<Answer> => {
  const { desk, path, person, language } = visit;
  const words = certificateWords(language);
  const asked = askedOf(visit);
  if (asked === null) return nothingThere;
  if ('fault' in asked) return (await keyPageOf(visit, asked.fault)) ?? nothingThere;
  const verdict = await changeOwnKey(path['id'] ?? '', asked.step, person.account, portsOf(desk));
  if (verdict.kind === 'refused') return (await keyPageOf(visit, { [asked.step.kind === 'announce' ? 'certificaat' : '']: words.refused(verdict.detail) })) ?? nothingThere;
  await desk.hub.keyring.refresh();
  return goTo(`/certificaten/sleutels/${verdict.key.id}?gedaan=stap`);
};

const askedOf = ({ form, files, language }: Attended): { readonly step: AskedStep } | { readonly fault: Readonly<Record<string, string>> } | null => {
  const words = certificateWords(language);
  switch (form.get('stap')) {
    case 'announce': {
      const file = files.get('certificaat');
      return file === undefined || file.content.length === 0 ? { fault: { certificaat: words.fileMissing } } : { step: { kind: 'announce', certificates: derOf(file.content.toString('latin1')) } };
    }
    case 'activate': return { step: { kind: 'activate', early: form.get('eerder') === 'ja' ? 'allowed' : 'refused' } };
    case 'retire': return { step: { kind: 'retire' } };
    case 'destroy': return form.get('zeker') === 'ja' ? { step: { kind: 'destroy' } } : { fault: { zeker: words.destroyUnsure } };
    default: return null;
  }
};

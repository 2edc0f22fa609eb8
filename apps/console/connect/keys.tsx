import { apiScopes, keyStateAt } from '@ketensluis/domain';
import type { KeyVerdict, WebhookKey } from '@ketensluis/flow';
import { nothingThere, shown, type Answer, type Attended, type Page } from '../route.js';
import { CheckField, FaultSummary, FileField, RadioField, SelectField, TextArea, TextField, type Faults } from '../shell/fields.js';
import { Badge, ButtonLink, Card, Copyable, Empty, Facts, Form, Moment, Notice, Submit, Table, type Tone } from '../shell/parts.js';
import { certificatesOf, type ListedCertificate } from './certificates.js';
import { commandsFor, ownOf, type Own } from './place.js';
import { connectWords } from './words.js';
import { keyWords } from './words-keys.js';

export const keysPath = '/aansluiten/sleutels';
/** Where the page of keys stands. */
export const keysTrail = ({ language }: Pick<Attended, 'language'>): Page['trail'] => [{ href: '/aansluiten', text: connectWords(language).title }];

/** What a form of this page had, when it was not taken. */
export interface KeyPageState {
  readonly faults: Faults;
  readonly form: URLSearchParams;
}
const untouched: KeyPageState = { faults: {}, form: new URLSearchParams() };

/** Keys, programs and certificates of the party. */
export const keysPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  return own === null ? nothingThere : shown(keyWords(visit.language).title, await keysBody(visit, own, untouched), keysTrail(visit));
};

/** The whole page, also with what is wrong. */
export const keysBody = async (visit: Attended, own: Own, state: KeyPageState) => {
  const { desk: { hub }, language, query } = visit;
  const words = keyWords(language);
  const { oin } = own.party;
  const [keys, clients, certificates] = await Promise.all([hub.store.webhookKeys.list(oin), hub.store.clients.list(), certificatesOf(hub, own.party)]);
  const told: Readonly<Record<string, string>> = { client: words.clientMade, ingetrokken: words.clientEnded, beeindigd: words.keyEnded, sleutel: words.keyTheirs, voorgesteld: words.proposed, bekend: words.known, eerder: words.seen };
  const done = told[query.get('gedaan') ?? ''];
  return (
    <>
      <FaultSummary faults={state.faults} language={language} />
      <p className="lead">{words.lead}</p>
      {done === undefined ? null : <Notice tone="good" title={done} />}
      <WebhookKeys visit={visit} keys={keys} state={state} />
      <Clients visit={visit} own={own} clients={clients.filter((one) => one.oin === oin)} state={state} />
      <Certificates visit={visit} own={own} certificates={certificates} state={state} />
      <HubKeys visit={visit} own={own} />
    </>
  );
};

const keyTones = { announced: 'plain', active: 'good', retiring: 'wait', ended: 'plain' } as const satisfies Readonly<Record<string, Tone>>;

interface KeysProps {
  readonly visit: Attended;
  readonly keys: readonly WebhookKey[];
  readonly state: KeyPageState;
}

const WebhookKeys = ({ visit, keys, state: { faults, form } }: KeysProps) => {
  const { language, now } = visit;
  const words = keyWords(language);
  const live = keys.filter((key) => keyStateAt(key, now) !== 'ended');
  const ended = keys.filter((key) => keyStateAt(key, now) === 'ended');
  const kinds = [...new Map(live.filter((key) => keyStateAt(key, now) === 'active').map((key) => [`${key.direction} ${key.scheme}`, key])).entries()];
  return (
    <Card title={words.webhooks} id="webhooks">
      <p>{words.webhooksBody}</p>
      {live.length === 0 ? <Empty title={words.noKeys}><p>{words.noKeysBody}</p></Empty> : <KeyTable visit={visit} keys={live} label={words.webhooks} />}
      {ended.length === 0 ? null : <details><summary>{words.ended}</summary><KeyTable visit={visit} keys={ended} label={words.ended} /></details>}
      <div className="halves">
        <section><h3>{words.add}</h3>
          <Form visit={visit} to={`${keysPath}/nieuw`}>
            <SelectField name="richting" language={language} label={words.direction} value={form.get('richting') ?? 'to-party'} options={[['to-party', words.directions['to-party']], ['from-party', words.directions['from-party']]]} />
            <SelectField name="soort" language={language} label={words.scheme} value={form.get('soort') ?? 'v1'} options={[['v1', words.schemes.v1], ['v1a', words.schemes.v1a]]} />
            <TextField name="eigen" language={language} label={words.given} hint={words.givenHint} fault={faults['eigen']} isOptional />
            <Submit>{words.addButton}</Submit>
          </Form>
        </section>
        {kinds.length === 0 ? null : (
          <section><h3>{words.rotate}</h3><p>{words.rotateBody}</p>
            <Form visit={visit} to={`${keysPath}/wissel`}>
              <SelectField name="welke" language={language} label={words.rotateWhich} value={form.get('welke')} options={kinds.map(([value, key]) => [value, `${words.directions[key.direction]}, ${words.short[key.scheme]}`])} />
              <TextField name="dagen" inputMode="numeric" lengthMax={3} language={language} label={words.days} value={form.get('dagen') ?? '14'} fault={faults['dagen']} />
              <TextField name="nieuw" language={language} label={words.given} hint={words.givenHint} fault={faults['nieuw']} isOptional />
              <Submit>{words.rotateButton}</Submit>
            </Form>
          </section>
        )}
      </div>
    </Card>
  );
};

const KeyTable = ({ visit, keys, label }: { readonly visit: Attended; readonly keys: readonly WebhookKey[]; readonly label: string }) => {
  const { language, now } = visit;
  const words = keyWords(language);
  return (
    <Table label={label} language={language} rows={keys} keyOf={({ id }) => id} columns={[
      { head: words.id, isName: true, cell: ({ id, publicKey }) => <><code>{id}</code>{publicKey === null ? null : <><br /><code className="small">whpk_{Buffer.from(publicKey).toString('base64')}</code></>}</> },
      { head: words.direction, cell: ({ direction, scheme }) => <>{words.directions[direction]}<br /><span className="small soft">{words.short[scheme]}</span></> },
      { head: words.state, cell: (key) => <Badge tone={keyTones[keyStateAt(key, now)]}>{words.states[keyStateAt(key, now)]}</Badge> },
      { head: words.from, cell: ({ activeFrom }) => <Moment at={activeFrom} visit={visit} /> },
      { head: words.until, cell: ({ endsAt }) => (endsAt === null ? words.open : <Moment at={endsAt} visit={visit} />) },
      { head: words.by, cell: ({ changedBy }) => changedBy },
      { head: words.action, cell: (key) => (keyStateAt(key, now) === 'ended' ? '' : (
        <details><summary>{words.end}</summary><p className="small">{words.endSure}</p><Form visit={visit} to={`${keysPath}/${key.id}/beeindig`}><Submit tone="bad">{words.endNow}</Submit></Form></details>
      )) },
    ]} />
  );
};

type ClientRow = Awaited<ReturnType<Attended['desk']['hub']['store']['clients']['list']>>[number];

const Clients = ({ visit, own, clients, state: { faults, form } }: { readonly visit: Attended; readonly own: Own; readonly clients: readonly ClientRow[]; readonly state: KeyPageState }) => {
  const { language } = visit;
  const words = keyWords(language);
  const chosen = form.getAll('bereik');
  return (
    <Card title={words.clients} id="programmas">
      <p>{words.clientsBody}</p>
      {clients.length === 0 ? <Empty title={words.noClients}><p>{words.noClientsBody}</p></Empty> : (
        <Table label={words.clients} language={language} rows={clients} keyOf={({ id }) => id} columns={[
          { head: words.name, isName: true, cell: ({ name, id }) => <>{name}<br /><code className="small">{id}</code></> },
          { head: words.scopes, cell: ({ scopes }) => (scopes.length === apiScopes.length ? words.scopesAll : scopes.map((scope) => words.scopeTexts[scope]).join(', ')) },
          { head: words.proof, cell: ({ keys }) => (keys === null ? words.proofs.mtls : keys.map(({ kid }) => kid).join(', ')) },
          { head: words.state, cell: ({ revokedAt }) => <Badge tone={revokedAt === null ? 'good' : 'plain'}>{revokedAt === null ? words.active : words.revoked}</Badge> },
          { head: words.since, cell: ({ addedAt }) => <Moment at={addedAt} visit={visit} /> },
          { head: words.action, cell: ({ id, revokedAt, keys }) => (revokedAt !== null ? '' : (
            <>
              {keys === null ? <details><summary>{words.token}</summary><Copyable text={commandsFor(visit.desk, own.party).token(id)} language={language} /></details> : null}
              <details><summary>{words.revoke}</summary><p className="small">{words.revokeSure}</p><Form visit={visit} to={`${keysPath}/programmas/${id}/intrekken`}><Submit tone="bad">{words.revokeNow}</Submit></Form></details>
            </>
          )) },
        ]} />
      )}
      <details open={['naam', 'bereik', 'jwks'].some((name) => faults[name] !== undefined)}><summary>{words.addClient}</summary>
        <Form visit={visit} to={`${keysPath}/programmas`}>
          <TextField name="naam" lengthMax={120} language={language} label={words.name} value={form.get('naam')} fault={faults['naam']} />
          <fieldset className={`field${faults['bereik'] === undefined ? '' : ' field--bad'}`} id="v-bereik" tabIndex={-1}><legend>{words.scopes}</legend>
            {faults['bereik'] === undefined ? null : <p className="field__fault">{faults['bereik']}</p>}
            <div className="scopes">{apiScopes.map((scope) => <CheckField key={scope} name="bereik" value={scope} label={<>{words.scopeTexts[scope]} <code className="soft small">{scope}</code></>} isChecked={!form.has('naam') || chosen.includes(scope)} />)}</div>
          </fieldset>
          <RadioField name="bewijs" label={words.proof} value={form.get('bewijs') ?? 'mtls'} options={[['mtls', words.proofs.mtls], ['jwks', words.proofs.jwks]]} />
          <TextArea name="jwks" lengthMax={20_000} language={language} label={words.jwks} hint={words.jwksHint} value={form.get('jwks')} fault={faults['jwks']} isOptional />
          <Submit>{words.addClient}</Submit>
        </Form>
      </details>
    </Card>
  );
};

const certificateTones = { register: 'good', proposed: 'wait', approved: 'good', rejected: 'bad', revoked: 'bad' } as const satisfies Readonly<Record<ListedCertificate['state'], Tone>>;

const Certificates = ({ visit, own, certificates, state: { faults } }: { readonly visit: Attended; readonly own: Own; readonly certificates: readonly ListedCertificate[]; readonly state: KeyPageState }) => {
  const { language } = visit;
  const words = keyWords(language);
  return (
    <Card title={words.certificates} id="certificaten">
      <p>{words.certificatesBody}</p>
      {certificates.length === 0 ? <Empty title={words.noCertificates}><p>{words.noCertificatesBody}</p></Empty> : (
        <Table label={words.certificates} language={language} rows={certificates} keyOf={({ sha256, state }) => `${sha256} ${state}`} columns={[
          { head: words.sha, isName: true, cell: ({ sha256 }) => <code className="breaks">{sha256}</code> },
          { head: words.address, cell: ({ address }) => address },
          { head: words.issuer, cell: ({ issuer }) => issuer },
          { head: words.validUntil, cell: ({ notAfter }) => (notAfter === null ? '' : <Moment at={notAfter} visit={visit} />) },
          { head: words.state, cell: ({ state, approvals }) => <><Badge tone={certificateTones[state]}>{words.certificateStates[state]}</Badge>{state === 'proposed' ? <p className="small">{words.approvals(approvals)}</p> : null}</> },
        ]} />
      )}
      {own.party.channel?.kind !== 'smime-mail' ? <p>{words.certificateFaults.channel}</p> : (
        <Form visit={visit} to={`${keysPath}/certificaten`} hasFiles>
          <FileField name="certificaat" accept=".pem,.crt,.cer" language={language} label={words.upload} hint={words.uploadHint} fault={faults['certificaat']} />
          <Submit>{words.uploadButton}</Submit>
        </Form>
      )}
    </Card>
  );
};

const HubKeys = ({ visit: { language, desk }, own }: { readonly visit: Attended; readonly own: Own }) => {
  const words = keyWords(language);
  const url = own.party.channel?.kind === 'webhook' ? new URL(own.party.channel.url) : null;
  const place = url === null ? `${new URL(desk.hub.publicUrl).host}` : `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  return (
    <Card title={words.hub} id="hub">
      <p>{words.hubBody}</p>
      <ul><li><a href={`${keysPath}/hub/log.vkey`}>{words.logKey}</a></li>{desk.hub.witnesses === null ? null : <li><a href={`${keysPath}/hub/policy`}>{words.policy}</a></li>}<li><a href={`${keysPath}/hub/hub-tls.pem`}>{words.tls}</a></li></ul>
      <h3>{words.chain}</h3><p>{words.chainBody}</p>
      <Copyable text={`openssl s_client -connect ${place} -showcerts </dev/null`} language={language} />
    </Card>
  );
};

/** The one page on which a new key stands; kept nowhere, and never shown again. */
export const madePage = (visit: Attended, own: Own, verdict: Extract<KeyVerdict, { kind: 'saved' }>): Page => {
  const { language } = visit;
  const words = keyWords(language);
  const { key, text, retiring } = verdict;
  return {
    ...shown(words.made, (
      <>
        {text === null ? <Notice tone="good" title={words.theirs} /> : <Notice tone="wait" title={key.scheme === 'v1' ? words.secretOnce : words.publicKey} />}
        {text === null ? null : <Copyable text={text} language={language} />}
        {text === null || key.direction !== 'to-party' ? null : <><p>{words.secretFile}</p><Copyable text={commandsFor(visit.desk, own.party).secretFile} language={language} /></>}
        <Facts facts={[[words.id, <code key="i">{key.id}</code>], [words.direction, words.directions[key.direction]], [words.scheme, words.short[key.scheme]]]} />
        {retiring.map((old) => <p key={old.id}>{words.oldKey(old.endsAt?.toISOString() ?? '')}</p>)}
        <p><ButtonLink href={keysPath}>{words.back}</ButtonLink></p>
      </>
    ), [...keysTrail(visit), { href: keysPath, text: words.title }]),
    afterwards: `${keysPath}?gedaan=eerder`,
  };
};

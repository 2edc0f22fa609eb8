import { canonicalJson, channelSchema, type Channel, type Party } from '@ketensluis/domain';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { CheckField, FaultSummary, RadioField, SelectField, TextField, type Faults } from '../shell/fields.js';
import { Badge, Card, Copyable, Empty, Facts, Form, Moment, Notice, Submit } from '../shell/parts.js';
import { addressOf, commandsFor, connectionsOf, ownOf, type Own } from './place.js';
import { connectWords } from './words.js';

const here = '/aansluiten/adres';
const trailOf = (visit: Attended) => [{ href: '/aansluiten', text: connectWords(visit.language).title }];
const reasonMax = 500;

/** The channel of now, what was asked about it, and the form to ask for another. */
export const addressPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  return own === null ? nothingThere : shown(connectWords(visit.language).addressTitle, await body(visit, own, {}, formOf(own.party)), trailOf(visit));
};

/** Keeps what was asked; the operator decides about it. */
export const askChannel = async (visit: Attended): Promise<Answer> => {
  const { form, language, person, now } = visit;
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { channel, faults } = readForm(form, own.party, language);
  if (channel === null || Object.keys(faults).length > 0) return faulty(connectWords(language).addressTitle, await body(visit, own, faults, form), trailOf(visit));
  await connectionsOf(visit.desk).ask({ party: own.party.oin, kind: 'channel', channel, reason: (form.get('waarom') ?? '').trim(), askedBy: person.account, askedAt: now });
  visit.desk.hub.events.tell('connection.asked', { oin: own.party.oin });
  return goTo(`${here}?gedaan=channel`);
};

const formOf = ({ channel }: Party): URLSearchParams => new URLSearchParams({
  soort: channel === null || channel.kind === 'secure-mail' ? 'webhook' : channel.kind, url: channel?.kind === 'webhook' ? channel.url : '', vorm: channel?.kind === 'webhook' ? channel.form : 'thin',
  mail: channel?.kind === 'smime-mail' ? channel.address : channel?.kind === 'portal' ? channel.portalNotice : '', ...(channel?.kind === 'webhook' && channel.pinnedOin !== undefined ? { oin: 'ja' } : {}),
});

const readForm = (form: URLSearchParams, party: Party, language: Attended['language']): { readonly channel: Channel | null; readonly faults: Faults } => {
  const { faults: told } = connectWords(language);
  const kind = form.get('soort');
  const parsed = channelSchema.safeParse(wantedChannel(form, party));
  const channel = parsed.success ? parsed.data : null;
  const field = kind === 'webhook' ? { url: told.url } : kind === 'smime-mail' || kind === 'portal' ? { mail: told.mail } : { soort: told.kind };
  const reason = (form.get('waarom') ?? '').trim();
  return {
    channel,
    faults: {
      ...(channel === null ? field : canonicalJson(channel) === canonicalJson(party.channel) ? { soort: told.same } : {}),
      ...(reason === '' || reason.length > reasonMax ? { waarom: told.reason } : {}),
    },
  };
};

// What was agreed about the form of mail stays when only the address changes.
const wantedChannel = (form: URLSearchParams, { channel, oin }: Party): unknown => {
  switch (form.get('soort')) {
    case 'webhook': return { kind: 'webhook', url: (form.get('url') ?? '').trim(), form: form.get('vorm'), ...(form.get('oin') === 'ja' ? { pinnedOin: oin } : {}) };
    case 'smime-mail': {
      const address = (form.get('mail') ?? '').trim();
      return channel?.kind === 'smime-mail' ? { ...channel, address } : { kind: 'smime-mail', address };
    }
    case 'feed': return { kind: 'feed' };
    case 'portal': return { kind: 'portal', portalNotice: (form.get('mail') ?? '').trim() };
    default: return null;
  }
};

const body = async (visit: Attended, { party }: Own, faults: Faults, form: URLSearchParams) => {
  const { language, query, desk } = visit;
  const words = connectWords(language);
  const asked = (await connectionsOf(desk).requests(party.oin)).find(({ kind }) => kind === 'channel') ?? null;
  const address = addressOf(party);
  return (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.addressLead}</p>
      {query.get('gedaan') === 'channel' ? <Notice tone="good" title={words.done.channel} /> : null}
      {party.channel === null ? <Empty title={words.noAddress}><p>{words.noServer}</p><Copyable text={commandsFor(desk, party).receiver} language={language} /></Empty> : (
        <Card title={words.now}><Facts facts={[[words.channel, words.kindNames[party.channel.kind]], ...(address === null ? [] : [[words.addressTitle, <code key="a">{address}</code>] as const])]} /></Card>
      )}
      {asked === null ? null : (
        <Card title={words.asked}>
          <p><Badge tone={asked.state === 'open' ? 'wait' : asked.state === 'approved' ? 'good' : 'bad'}>{words.requestStates[asked.state]}</Badge> <Moment at={asked.decidedAt ?? asked.askedAt} visit={visit} /></p>
          <Facts facts={[[words.after, <code key="c">{channelLine(asked.channel)}</code>], [words.reason, asked.reason], ...(asked.answer === null ? [] : [[words.answer, asked.answer] as const])]} />
        </Card>
      )}
      <Card title={words.ask}>
        <Form visit={visit} to={here}>
          <RadioField name="soort" label={words.kind} value={form.get('soort')} fault={faults['soort']} options={(['webhook', 'smime-mail', 'feed', 'portal'] as const).map((kind) => [kind, words.kindHints[kind]])} />
          <TextField name="url" type="url" lengthMax={500} language={language} label={words.url} hint={words.urlHint} value={form.get('url')} fault={faults['url']} isOptional />
          <SelectField name="vorm" language={language} label={words.form} value={form.get('vorm')} options={[['thin', words.forms.thin], ['full', words.forms.full]]} />
          <CheckField name="oin" label={words.pinned} isChecked={form.get('oin') === 'ja'} />
          <TextField name="mail" type="email" lengthMax={254} language={language} label={words.mail} hint={words.mailHint} value={form.get('mail')} fault={faults['mail']} isOptional />
          <TextField name="waarom" lengthMax={reasonMax} language={language} label={words.reason} hint={words.reasonHint} value={form.get('waarom')} fault={faults['waarom']} />
          <Submit>{words.ask}</Submit>
        </Form>
      </Card>
    </>
  );
};

/** A channel as somebody asked for it, in one line. */
export const channelLine = (channel: unknown): string => {
  const read = channelSchema.safeParse(channel);
  if (!read.success) return '-';
  return [read.data.kind, addressOf({ channel: read.data }), read.data.kind === 'webhook' ? read.data.form : null, read.data.kind === 'webhook' ? (read.data.pinnedOin ?? null) : null].filter((part) => part !== null).join(', ');
};

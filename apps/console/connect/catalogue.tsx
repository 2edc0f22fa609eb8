import { generateSchemas } from '@ketensluis/contract';
import { categoryNames, eventOf, messageDefinitions, messageTypes, roleNames, type MessageType, type SharingRule } from '@ketensluis/domain';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { SelectField } from '../shell/fields.js';
import { Badge, ButtonLink, Card, Empty, Facts, Submit, Table } from '../shell/parts.js';
import { agreementsFor, rulesFor } from './checklist.js';
import { ownOf, type Own } from './place.js';
import { ExampleCard, receivable, testerPath } from './tester.js';
import { connectWords } from './words.js';
import { logWords } from './words-log.js';

const here = '/aansluiten/berichtsoorten';
const trailOf = ({ language }: Attended) => [{ href: '/aansluiten', text: connectWords(language).title }];

const sends = ({ party }: Own, type: MessageType): boolean => messageDefinitions[type].senderRoles.some((role) => party.roles.includes(role));

/** Every type of message, and what the party has to do with it. */
export const cataloguePage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  if (own === null) return nothingThere;
  const { language, query, now } = visit;
  const words = logWords(language);
  const gets = receivable(own, now);
  const filter = (['ontvangen', 'sturen'] as const).find((one) => one === query.get('toon')) ?? 'alle';
  const types = messageTypes.filter((type) => filter === 'alle' || (filter === 'ontvangen' ? gets.has(type) : sends(own, type)));
  return shown(words.catalogue, (
    <>
      <p className="lead">{words.catalogueLead} {words.law(own.pack.version)}</p>
      <form method="get" action={here} className="filters card">
        <SelectField name="toon" language={language} label={words.filter} value={filter} options={(['alle', 'ontvangen', 'sturen'] as const).map((one) => [one, words.filters[one]])} /><Submit isQuiet>{words.apply}</Submit>
      </form>
      {types.length === 0 ? <Empty title={words.none}><p>{words.noneBody}</p></Empty> : (
        <Card><Table label={words.catalogue} language={language} rows={types} keyOf={(type) => type} columns={[
          { head: words.type, isName: true, cell: (type) => <a href={`${here}/${type}`}>{type}</a> },
          { head: words.meaning, cell: (type) => messageDefinitions[type].label[language] },
          { head: words.article, cell: (type) => articleText(messageDefinitions[type].article, language) },
          { head: words.senders, cell: (type) => messageDefinitions[type].senderRoles.map((role) => roleNames[role][language]).join(', ') },
          { head: words.you, cell: (type) => (gets.has(type) || sends(own, type) ? <>{gets.has(type) ? <Badge tone="good">{words.youGet}</Badge> : null} {sends(own, type) ? <Badge tone="plain">{words.youSend}</Badge> : null}</> : words.nothing) },
          { head: words.version, isNumber: true, cell: (type) => messageDefinitions[type].version },
        ]} /></Card>
      )}
    </>
  ), trailOf(visit));
};

/** One type: its schemas, an example, and who may get it on which ground. */
export const typePage = async (visit: Attended): Promise<Answer> => {
  const own = await ownOf(visit);
  const type = messageTypes.find((one) => one === visit.path['soort']);
  if (own === null || type === undefined) return nothingThere;
  const { language, now } = visit;
  const words = logWords(language);
  const definition = messageDefinitions[type];
  const rule = receivable(own, now).get(type);
  const { present, missing } = agreementsFor({ ...own, at: now });
  return shown(type, (
    <>
      <p className="lead">{definition.label[language]}. {articleText(definition.article, language)}.</p>
      <Rules visit={visit} own={own} type={type} />
      {rule === undefined || present + missing === 0 ? null : <Card title={words.agreements}><p>{words.agreementNow(present, present + missing)}</p></Card>}
      <Card title={words.schemas}>
        <Facts facts={[[words.message, <Files key="m" type={type} suffix="" />], [words.disclosure, <Files key="d" type={type} suffix=".verstrekking" />], [words.changes, words.changesBody(definition.version)]]} />
        <p>{words.schemasBody}</p>
      </Card>
      {rule === undefined ? null : <p><ButtonLink href={`${testerPath}?soort=${type}`} isQuiet>{words.tryIt}</ButtonLink></p>}
      <ExampleCard type={type} rule={rule} visit={visit} party={own.party} />
    </>
  ), [...trailOf(visit), { href: here, text: words.catalogue }]);
};

const Files = ({ type, suffix }: { readonly type: MessageType; readonly suffix: string }) => (
  <><a href={`${here}/${type}/${type}${suffix}.schema.json`}>{`${type}${suffix}.schema.json`}</a><br /><a href={`${here}/${type}/${type}${suffix}.xsd`}>{`${type}${suffix}.xsd`}</a></>
);

// A rule that only forbids tells nobody what he gets.
const rulesOf = ({ pack }: Own, type: MessageType): readonly SharingRule[] => pack.rules.filter((rule) => rule.mode !== 'forbidden' && !rule.withholdsOnly && rule.events.includes(eventOf[type]));

const Rules = ({ visit: { language, now }, own, type }: { readonly visit: Attended; readonly own: Own; readonly type: MessageType }) => {
  const words = logWords(language);
  const rules = rulesOf(own, type);
  const mine = new Map(rulesFor({ ...own, at: now }).map(({ rule, isOn }) => [rule.id, isOn]));
  const stateOf = (id: string): string => (mine.has(id) ? (mine.get(id) === true ? words.on : words.off) : words.notYours);
  return (
    <Card title={words.who}>
      {rules.length === 0 ? <p>{words.nobody}</p> : (
        <Table label={words.who} language={language} rows={rules} keyOf={({ id }) => id} columns={[
          { head: words.rule, isName: true, cell: ({ id }) => <span className="nowrap">{id}</span> },
          { head: words.to, cell: ({ to }) => to.map((role) => `${roleNames[role][language]} (${role})`).join(', ') },
          { head: words.mode, cell: ({ mode }) => words.modes[mode] },
          { head: words.basis, cell: ({ basis, explain }) => <>{articleText(basis, language)}<br /><span className="small soft">{explain[language]}</span></> },
          { head: words.gives, cell: ({ allowed }) => allowed.map((category) => categoryNames[category][language]).join(', ') },
          { head: words.isOn, cell: ({ id }) => stateOf(id) },
        ]} />
      )}
    </Card>
  );
};

let files: ReadonlyMap<string, string> | null = null;
/** The same files as in config/schema; made once. */
const schemaFiles = (): ReadonlyMap<string, string> => (files ??= new Map(generateSchemas().map(({ name, content }) => [name, content])));

/** A schema to download. */
export const schemaFile = async ({ path }: Attended): Promise<Answer> => {
  const [type, name] = [messageTypes.find((one) => one === path['soort']), path['bestand'] ?? ''];
  const content = type === undefined || !name.startsWith(`${type}.`) ? undefined : schemaFiles().get(name);
  return content === undefined ? nothingThere : { kind: 'file', name, contentType: name.endsWith('.xsd') ? 'application/xml' : 'application/schema+json', body: Buffer.from(content, 'utf8') };
};

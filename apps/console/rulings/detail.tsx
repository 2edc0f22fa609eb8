import { openRuling, openRulingFile, type StoredRuling } from '@ketensluis/flow';
import { recordOutsideAct } from '@ketensluis/platform';
import { setTimeout as pause } from 'node:timers/promises';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended, type LiveAnswer } from '../route.js';
import { FaultSummary, type Faults } from '../shell/fields.js';
import { Badge, ButtonLink, Card, Facts, Moment, Notice, Timeline } from '../shell/parts.js';
import { copiesOf, copyTones, sentState } from './copies.js';
import { CopyTable, fieldOf, type Shown, type WrongDuty } from './copy-table.js';
import { basisIn, courtOf, listPath, momentOf, rulingPath, rulingPorts, rulingsOf, textIn, type BasisOf } from './court.js';
import { copyWords, courtWords, listWords, rulingWords } from './words.js';

const askedOf = ({ person, path }: Attended) => ({ party: person.party ?? '', account: person.account, id: path['id'] ?? '' });

/** One message of the court, as it was sent, and who has it. Opening it is recorded. */
export const rulingPage = async (visit: Attended): Promise<Answer> => {
  const found = await openRuling(askedOf(visit), await rulingPorts(visit));
  return found === null ? nothingThere : shown(titleOf(found, visit), await bodyOf(found, visit, null), trailOf(visit));
};

const titleOf = ({ message }: StoredRuling, { language }: Attended): string => courtWords(language).types[message.type];
const trailOf = ({ language }: Attended) => [{ href: listPath, text: listWords(language).title }];

const bodyOf = async (found: StoredRuling, visit: Attended, wrong: WrongDuty | null) => {
  const words = rulingWords(visit.language);
  const page = { found, court: await courtOf(visit), visit };
  const { pack } = await visit.desk.hub.registers.current();
  const faults: Faults = wrong === null ? {} : { [fieldOf(wrong.key)]: wrong.fault };
  const done = visit.query.get('gedaan');
  const isSettling = found.message.state === 'accepted' || copiesOf(found.message.id, found).some(({ state }) => state === 'under-way');
  return (
    <>
      <AtOnce {...page} />
      <FaultSummary faults={faults} language={visit.language} />
      {done === 'verstuurd' || done === 'gedaan' ? <Notice tone="good" title={words.done[done]}><p>{words.doneBody}</p></Notice> : null}
      {found.message.state !== 'refused' && found.message.type.startsWith('uitspraak.') || found.message.isReplaced ? null : <AddHere {...page} />}
      <div {...(isSettling ? { 'data-live': `${rulingPath(found.message.id)}/volgt` } : {})}><Standing {...page} basisOf={basisIn(pack)} wrong={wrong} /></div>
      <p className="soft small">{words.opened}</p>
    </>
  );
};

/** Which case it is and how it ended: what somebody who opens it wants to know first. */
const AtOnce = ({ found: { message: { fields, number, municipality } }, court, visit: { language } }: Shown) => {
  const { dicta, effects } = courtWords(language);
  const [own, outcome, effect] = [textIn(fields, 'zaaknummer_rechtbank'), dicta[textIn(fields, 'dictum')], effects[textIn(fields, 'gevolg_voor_maatregel')]];
  return (
    <p className="lead">{own === '' ? null : <><strong>{own}</strong>, </>}{rulingWords(language).inCase} {number}, {court.municipalities.get(municipality) ?? municipality}.
      {outcome === undefined ? null : <> <strong>{outcome}</strong>{effect === undefined ? null : <>. {effect}</>}.</>}</p>
  );
};

const AddHere = ({ found: { message }, visit }: Shown) =>
  message.state === 'applied' ? <p className="actions"><ButtonLink href={`${listPath}/toevoegen?bij=${message.id}`}>{rulingWords(visit.language).addHere}</ButtonLink></p> : null;

const Standing = ({ found, court, visit, basisOf, wrong }: Shown & { readonly basisOf: BasisOf; readonly wrong: WrongDuty | null }) => {
  const words = rulingWords(visit.language);
  const { message } = found;
  const copies = copiesOf(message.id, found);
  return (
    <>
      {message.isReplaced ? <Notice tone="wait" title={words.replaced} /> : null}
      {message.state === 'accepted' ? <Notice tone="wait" title={words.states.accepted}><p>{words.deciding}</p></Notice> : null}
      {message.state === 'refused' ? <Notice tone="bad" title={words.states.refused}><p>{words.refused}</p></Notice> : null}
      {message.state === 'parked' ? <Notice tone="bad" title={words.states.parked}><p>{words.parked}</p></Notice> : null}
      {message.type.startsWith('uitspraak.') ? <Card title={words.copies}>
        {copies.length === 0 ? <p>{words.noCopies}</p> : <><p>{words.copiesLead}</p><CopyTable copies={copies} {...{ found, court, visit, basisOf, wrong }} /></>}
      </Card> : <Card title={words.others}><Recipients {...{ found, court, visit }} /></Card>}
      <div className="columns">
        <Card title={words.facts}><RulingFacts {...{ found, court, visit }} /></Card>
        <div><Card title={words.documents}><Documents {...{ found, court, visit }} /></Card><History {...{ found, court, visit }} /></div>
      </div>
    </>
  );
};

/** Who a request or hearing was told to; it opens no duty of the registry. */
const Recipients = ({ found: { deliveries, decisions }, court, visit }: Shown) => {
  const words = rulingWords(visit.language);
  const states = copyWords(visit.language);
  return deliveries.length === 0 ? <p>{decisions.length === 0 ? words.otherNone : words.noCopies}</p> : (
    <ul>{deliveries.map(({ mid, recipient, state, finishedAt }) => (
      <li key={mid}>
        {court.nameOf(recipient)} <Badge tone={copyTones[sentState({ state })]}>{states[sentState({ state })]}</Badge>
        {finishedAt === null || state !== 'delivered' ? null : <> <Moment at={finishedAt} visit={visit} near /></>}
      </li>
    ))}</ul>
  );
};

const RulingFacts = ({ found: { message }, court, visit }: Shown) => {
  const { language } = visit;
  const [words, codes] = [rulingWords(language), courtWords(language)];
  const { fields } = message;
  const code = (name: string, of: Readonly<Record<string, string>>) => of[textIn(fields, name)] ?? textIn(fields, name);
  const moment = (name: string) => {
    const at = momentOf(fields, name);
    return at === null ? '' : <Moment at={at} visit={visit} />;
  };
  const related = fields['connexe_zaken'];
  const facts = [
    [words.court, textIn(fields, 'zaaknummer_rechtbank')], [words.related, Array.isArray(related) ? related.join(', ') : ''], [words.hub, message.number], [words.municipality, court.municipalities.get(message.municipality) ?? message.municipality],
    [words.outcome, code('dictum', codes.dicta)], [words.effect, code('gevolg_voor_maatregel', codes.effects)], [words.until, moment('werking_tot')], [words.ruledAt, moment('uitspraak_op')],
    [words.dated, textIn(fields, 'dagtekening').split('-').reverse().join('-')], [words.requestedAt, moment('verzoek_ontvangen_op')], [words.hearingAt, moment('zitting_op')], [words.manner, code('wijze', codes.manners)],
    [words.oral, typeof fields['mondeling'] === 'boolean' ? (fields['mondeling'] ? words.yes : words.no) : ''], [words.ecli, textIn(fields, 'ecli')], [words.received, <Moment key="r" at={message.receivedAt} visit={visit} />],
  ] as const;
  return Object.keys(fields).length === 0 ? <p>{words.destroyed}</p> : <Facts facts={facts.filter(([, value]) => value !== '')} />;
};

const Documents = ({ found: { message, attachments }, visit }: Shown) => {
  const words = rulingWords(visit.language);
  return attachments.length === 0 ? <p>{words.noDocuments}</p> : (
    <ul>{attachments.map(({ sha256, sizeBytes }, place) => <li key={sha256}><a href={`${rulingPath(message.id)}/stuk/${place + 1}`}>{words.open(place + 1)}</a> <span className="soft">({words.kB(Math.ceil(sizeBytes / 1000))})</span></li>)}</ul>
  );
};

const History = ({ found, court, visit }: Shown) => {
  const words = rulingWords(visit.language);
  const [first] = found.decisions;
  const had = found.deliveries.filter(({ state, finishedAt }) => state === 'delivered' && finishedAt !== null);
  return (
    <Card title={words.history}>
      <Timeline label={words.history} steps={[
        { at: <Moment at={found.message.receivedAt} visit={visit} />, tone: 'good', title: words.cameIn },
        ...(first === undefined ? [] : [{ at: <Moment at={first.at} visit={visit} />, tone: 'good' as const, title: words.decided(first.logNumber === null ? '' : words.logNumber(first.logNumber)) }]),
        ...had.map(({ recipient, finishedAt }) => ({ at: finishedAt === null ? '' : <Moment at={finishedAt} visit={visit} />, tone: 'good' as const, title: words.got(court.nameOf(recipient)) })),
      ]} />
    </Card>
  );
};

/** A file of the message; opening it is recorded. */
export const rulingFile = async (visit: Attended): Promise<Answer> => {
  const place = Number(/^[1-9]\d?$/.exec(visit.path['plaats'] ?? '')?.[0] ?? 0) - 1;
  if (place < 0) return nothingThere;
  const content = await openRulingFile({ ...askedOf(visit), place }, await rulingPorts(visit));
  if (content === null) return nothingThere;
  const isPdf = Buffer.from(content.subarray(0, 5)).toString('latin1') === '%PDF-';
  return { kind: 'file', name: `stuk-${place + 1}.${isPdf ? 'pdf' : 'bin'}`, contentType: isPdf ? 'application/pdf' : 'application/octet-stream', body: content };
};

/** Records that the registry did by hand what it owed: told somebody, or sent a copy by post. */
export const markDone = async (visit: Attended): Promise<Answer> => {
  const words = rulingWords(visit.language);
  const { id } = askedOf(visit);
  const key = visit.path['plicht'] ?? '';
  const how = (visit.form.get(fieldOf(key)) ?? '').trim();
  const duty = await (await rulingsOf(visit.desk)).openDuty(askedOf(visit).party, id, key);
  if (duty === null || how === '') {
    const found = await openRuling(askedOf(visit), await rulingPorts(visit));
    if (found === null) return nothingThere;
    return faulty(titleOf(found, visit), await bodyOf(found, visit, { key, fault: duty === null ? words.notOpen : words.howMissing }), [...trailOf(visit), { href: rulingPath(id), text: titleOf(found, visit) }]);
  }
  const { hub, configuration } = visit.desk;
  await recordOutsideAct(hub.pool, configuration, { municipality: duty.municipality, number: duty.number, key: duty.name, by: visit.person.account, how, at: visit.now });
  return goTo(`${rulingPath(id)}?gedaan=gedaan`);
};

/** How often somebody who follows is looked for, and how long. */
const lookMs = 1_000;
const followMs = 2 * 60_000;

/** How it stands again each time it changes, until everything that is under way arrived. */
export const followRuling = async (visit: Attended): Promise<LiveAnswer> => ({
  kind: 'live',
  pieces: async function* (signal) {
    const [rulings, court, { pack }] = [await rulingsOf(visit.desk), await courtOf(visit), await visit.desk.hub.registers.current()];
    let before = '';
    for (let waitedMs = 0; waitedMs < followMs && !signal.aborted; waitedMs += lookMs) {
      const now = visit.desk.hub.clock.now();
      if (!(await visit.desk.sessions.isOpen(visit.token, now))) return;
      const found = await rulings.find(court.oin, visit.path['id'] ?? '');
      if (found === null) return;
      const copies = copiesOf(found.message.id, found);
      const mark = JSON.stringify([found.message.state, found.deliveries.map(({ mid, state }) => [mid, state]), copies]);
      if (mark !== before) yield <Standing {...{ found, court }} basisOf={basisIn(pack)} visit={{ ...visit, now }} wrong={null} />;
      before = mark;
      if (found.message.state !== 'accepted' && !copies.some(({ state }) => state === 'under-way')) return;
      await pause(lookMs, undefined, { signal }).catch(() => undefined);
    }
  },
});

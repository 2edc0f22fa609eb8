import { categories, categoryNames } from '@ketensluis/domain';
import { act, faulty, goTo, nothingThere, page, shown, type Answer, type Attended, type Visit, type Room } from '../route.js';
import { FaultSummary, SelectField, type Faults } from '../shell/fields.js';
import { momentText } from '../shell/moment.js';
import { Badge, Card, Empty, Form, Notice, Submit, Table } from '../shell/parts.js';
import type { PeopleMail, PracticeDesk, PracticeParty, StoryView } from './practice-desk.js';
import { desk as practiceWords } from './words.js';

const hourMs = 3_600_000;
const stepsMs = { u1: hourMs, u12: 12 * hourMs, d1: 24 * hourMs, d3: 72 * hourMs, d10: 240 * hourMs } as const;
type ClockStep = keyof typeof stepsMs;
const clockSteps: readonly ClockStep[] = ['u1', 'u12', 'd1', 'd3', 'd10'];

/** The page of the practice chain: its clock, its story, its parties. There only where there is a practice chain; then for everybody. */
export const practiceRoom: Room = {
  routes: [
    page('/oefening', 'signed-in', async (visit) => ifPractice(visit, (practice) => practicePage(visit, practice))),
    act('/oefening/klok', 'signed-in', async (visit) => ifPractice(visit, async (practice) => {
      const step = clockSteps.find((one) => one === visit.form.get('vooruit'));
      if (step === undefined) return practicePage(visit, practice);
      await practice.advance(stepsMs[step]);
      return goTo('/oefening?gedaan=klok');
    })),
    act('/oefening/stap', 'signed-in', async (visit) => ifPractice(visit, async (practice) => {
      await practice.playNext();
      return goTo('/oefening?gedaan=stap#verhaal');
    })),
    act('/oefening/gedrag', 'signed-in', async (visit) => ifPractice(visit, async (practice) => {
      const [key, behaviour] = [visit.form.get('partij') ?? '', visit.form.get('gedrag') ?? ''];
      const { unknown } = practiceWords(visit.language);
      const faults: Faults = { ...((await practice.parties()).some((party) => party.key === key) ? {} : { partij: unknown.partij }), ...(practice.behaviours.includes(behaviour) ? {} : { gedrag: unknown.gedrag }) };
      if (Object.keys(faults).length > 0) return practicePage(visit, practice, faults);
      await practice.behave(key, behaviour);
      return goTo('/oefening?gedaan=gedrag#partijen');
    })),
    act('/oefening/kanaal', 'signed-in', async (visit) => ifPractice(visit, async (practice) => {
      const [key, channel] = [visit.form.get('bereik') ?? '', visit.form.get('kanaal') ?? ''];
      const { unknown } = practiceWords(visit.language);
      const faults: Faults = { ...((await practice.parties()).some((party) => party.key === key) ? {} : { bereik: unknown.partij }), ...(practice.channels.includes(channel) ? {} : { kanaal: unknown.kanaal }) };
      if (Object.keys(faults).length > 0) return practicePage(visit, practice, faults);
      await practice.reach(key, channel, visit.person.account);
      return goTo('/oefening?gedaan=kanaal#partijen');
    })),
  ],
};

const ifPractice = async ({ desk: { practice } }: Attended, answer: (practice: PracticeDesk) => Promise<Answer>): Promise<Answer> => (practice === null ? nothingThere : answer(practice));

const practicePage = async (visit: Attended, practice: PracticeDesk, faults: Faults = {}): Promise<Answer> => {
  const words = practiceWords(visit.language);
  const [story, parties, post] = [await practice.story(visit.language), await practice.parties(), await practice.post()];
  const done = words.done[visit.query.get('gedaan') ?? ''];
  const body = (
    <>
      <FaultSummary faults={faults} language={visit.language} />
      {done === undefined ? null : <Notice tone="good" title={done} />}
      <p className="lead">{words.lead}</p>
      <StoryCard visit={visit} story={story} />
      <ClockCard visit={visit} />
      <PartiesCard visit={visit} parties={parties} practice={practice} faults={faults} />
      <PostCard visit={visit} post={post} />
    </>
  );
  return Object.keys(faults).length === 0 ? shown(words.title, body) : faulty(words.title, body, [{ href: '/oefening', text: words.title }]);
};

// The terminal tells kinds of data by their codes; a page has room for what they are.
const inWords = (text: string, language: Visit['language']): string =>
  text.replace(/C-[A-Z]+(?: C-[A-Z]+)*/g, (codes) => codes.split(' ').map((code) => categories.find((one) => one === code)).map((one, place) => (one === undefined ? (codes.split(' ')[place] ?? '') : categoryNames[one][language])).join(', '));

const StoryCard = ({ visit, story }: { readonly visit: Attended; readonly story: StoryView }) => {
  const words = practiceWords(visit.language);
  return (
    <Card title={words.story} id="verhaal">
      <p>{words.storyLead}</p>
      <p><strong>{story.isOver ? words.over : words.nextStep(story.played + 1, story.of)}</strong> {story.next}</p>
      <Form visit={visit} to="/oefening/stap"><Submit>{story.isOver ? words.again : story.played === 0 ? words.first : words.step}</Submit> <span className="soft small">{words.slow}</span></Form>
      <h3>{words.told}{story.caseNumber === null ? null : <> <span className="soft">({words.caseIs} {story.caseNumber})</span></>}</h3>
      {story.told.length === 0 ? <Empty title={words.nothingTold}>{words.nothingToldNext}</Empty> : (
        <ol className="told">
          {story.told.map(({ title, lines }, place) => (
            <li key={place}><p>{title}</p><ul>{lines.map(({ tone, text }, line) => <li key={line} className={`told__line told__line--${tone}`}>{inWords(text, visit.language)}</li>)}</ul></li>
          ))}
        </ol>
      )}
    </Card>
  );
};

const ClockCard = ({ visit }: { readonly visit: Attended }) => {
  const words = practiceWords(visit.language);
  return (
    <Card title={words.time} id="klok">
      <p>{words.timeLead}</p>
      <p>{words.now} <strong>{momentText(visit.now, visit.language, visit.now)}</strong>.</p>
      <Form visit={visit} to="/oefening/klok" className="actions"><span>{words.ahead}</span>{clockSteps.map((step) => <Submit key={step} isQuiet name="vooruit" value={step}>{words.steps[step]}</Submit>)}</Form>
    </Card>
  );
};

const PartiesCard = ({ visit, parties, practice: { behaviours, channels }, faults }: { readonly visit: Attended; readonly parties: readonly PracticeParty[]; readonly practice: PracticeDesk; readonly faults: Faults }) => {
  const { language, form } = visit;
  const words = practiceWords(language);
  const nameOf = (behaviour: string): string => words.behaviours[behaviour] ?? behaviour;
  return (
    <Card title={words.parties} id="partijen">
      <p>{words.partiesLead}</p>
      <Form visit={visit} to="/oefening/gedrag" className="filters">
        <SelectField name="partij" label={words.party} language={language} value={form.get('partij')} fault={faults['partij']} options={parties.map(({ key, name }) => [key, name] as const)} />
        <SelectField name="gedrag" label={words.behaviour} language={language} value={form.get('gedrag')} fault={faults['gedrag']} options={behaviours.map((behaviour) => [behaviour, nameOf(behaviour)] as const)} />
        <Submit>{words.set}</Submit>
      </Form>
      <p>{words.channelLead}</p>
      <Form visit={visit} to="/oefening/kanaal" className="filters">
        <SelectField name="bereik" label={words.party} language={language} value={form.get('bereik')} fault={faults['bereik']} options={parties.map(({ key, name }) => [key, name] as const)} />
        <SelectField name="kanaal" label={words.channel} language={language} value={form.get('kanaal')} fault={faults['kanaal']} options={channels.map((channel) => [channel, words.channels[channel] ?? channel] as const)} />
        <Submit>{words.set}</Submit>
      </Form>
      <Table label={words.parties} language={language} rows={parties} keyOf={({ key }) => key} columns={[
        { head: words.party, isName: true, cell: ({ name }) => name },
        { head: words.channel, cell: ({ channel }) => (channel === null ? '' : (words.channels[channel] ?? channel)) },
        { head: words.behavesNow, cell: ({ behaviour }) => <Badge tone={behaviour === 'normal' ? 'good' : 'wait'}>{nameOf(behaviour)}</Badge> },
      ]} />
    </Card>
  );
};

const PostCard = ({ visit, post }: { readonly visit: Attended; readonly post: readonly PeopleMail[] }) => {
  const words = practiceWords(visit.language);
  return (
    <Card title={words.post} id="post">
      <p>{words.postLead}</p>
      {post.length === 0 ? <Empty title={words.noPost}>{words.noPostNext}</Empty> : (
        <ol className="told">
          {post.map(({ at, to, subject, text, files }, place) => (
            <li key={place}>
              <p><strong>{subject}</strong> <span className="soft">{words.postTo(to)}, {momentText(at, visit.language, visit.now)}</span></p>
              <details><summary>{words.readPost}</summary><pre className="letter">{text}</pre>{files.length === 0 ? null : <p>{words.postFiles(files.join(', '))}</p>}</details>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
};

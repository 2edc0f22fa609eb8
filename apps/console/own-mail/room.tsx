import { noticeEventsFor, noticePaces, type NoticeEvent, type NoticePace } from '@ketensluis/domain';
import type { NoticeWish } from '@ketensluis/flow';
import { deskStore } from '@ketensluis/platform';
import { z } from 'zod';
import { act, faulty, goTo, page, shown, type Answer, type Attended, type Room } from '../route.js';
import { CheckField, FaultSummary, RadioField, TextField, type Faults } from '../shell/fields.js';
import { Card, Form, Notice, Submit } from '../shell/parts.js';
import { ownMailWords } from './words.js';

/** Where somebody says what to hear by mail; stands in each mail as well. */
const here = '/mijn/mail';

const noticesOf = ({ desk }: Attended) => deskStore.createPersonNotices(desk.hub.pool);
const eventsFor = ({ person }: Attended): readonly NoticeEvent[] => noticeEventsFor(person.roles.filter((role) => role === 'operator' || person.party !== null));

interface Answers {
  readonly events: readonly string[];
  readonly address: string;
  readonly pace: string;
}

const answersOf = (wish: NoticeWish | null, { person }: Attended): Answers =>
  (wish === null ? { events: [], address: person.mail ?? '', pace: 'daily' } : { events: wish.events, address: wish.address, pace: wish.pace });

const body = (visit: Attended, { wish, answers, faults = {} }: { readonly wish: NoticeWish | null; readonly answers: Answers; readonly faults?: Faults }) => {
  const { language, query, desk } = visit;
  const words = ownMailWords(language);
  const done = query.get('gedaan');
  const choices = eventsFor(visit);
  return (
    <>
      <FaultSummary faults={faults} language={language} />
      <p className="lead">{words.lead}</p>
      {done === 'aan' || done === 'uit' ? <Notice tone="good" title={words.done[done]} /> : null}
      {desk.hub.personMail === null ? <Notice tone="wait" title={words.unable}><p>{words.unableBody}</p></Notice> : null}
      <Card title={wish === null ? words.off : words.on}>
        <p>{wish === null ? words.offBody : words.onBody(wish.address)}</p>
        {wish === null ? null : <Form visit={visit} to={`${here}/uit`}><Submit isQuiet>{words.stop}</Submit></Form>}
      </Card>
      {choices.length === 0 ? <p>{words.nothing}</p> : (
        <Card>
          <Form visit={visit} to={here}>
            <fieldset className={`utrecht-form-field field${faults['waarover'] === undefined ? '' : ' utrecht-form-field--invalid field--bad'}`} id="v-waarover" tabIndex={-1}>
              <legend className="utrecht-form-label">{words.what}</legend>
              {faults['waarover'] === undefined ? null : <p className="utrecht-form-field-error-message field__fault">{faults['waarover']}</p>}
              {choices.map((event) => <CheckField key={event} name="waarover" value={event} label={words.events[event]} isChecked={answers.events.includes(event)} />)}
            </fieldset>
            <TextField name="adres" type="email" lengthMax={254} label={words.address} hint={words.addressHint} language={language} value={answers.address} fault={faults['adres']} />
            <RadioField name="hoevaak" label={words.pace} value={answers.pace} fault={faults['hoevaak']} options={noticePaces.map((pace) => [pace, words.paces[pace]])} />
            <Submit>{words.save}</Submit>
          </Form>
        </Card>
      )}
      <p className="soft small">{words.away}</p>
    </>
  );
};

const ownMailPage = async (visit: Attended): Promise<Answer> => {
  const wish = await noticesOf(visit).find(visit.person.account);
  return shown(ownMailWords(visit.language).title, body(visit, { wish, answers: answersOf(wish, visit) }));
};

const addressSchema = z.email().max(254).transform((address) => address.toLowerCase());
const isPace = (text: string): text is NoticePace => noticePaces.some((pace) => pace === text);

const save = async (visit: Attended): Promise<Answer> => {
  const { form, person, now, language } = visit;
  const words = ownMailWords(language);
  const answers: Answers = { events: form.getAll('waarover'), address: (form.get('adres') ?? '').trim(), pace: form.get('hoevaak') ?? '' };
  const events = eventsFor(visit).filter((event) => answers.events.includes(event));
  const address = addressSchema.safeParse(answers.address);
  const { pace } = answers;
  if (events.length === 0 || !address.success || !isPace(pace)) {
    const faults: Faults = {
      ...(events.length === 0 ? { waarover: words.faults.events } : {}), ...(address.success ? {} : { adres: words.faults.address }), ...(isPace(pace) ? {} : { hoevaak: words.faults.pace }),
    };
    return faulty(words.title, body(visit, { wish: await noticesOf(visit).find(person.account), answers, faults }), [{ href: here, text: words.title }]);
  }
  await noticesOf(visit).save({ account: person.account, party: person.party, roles: person.roles, address: address.data, events, pace }, now);
  return goTo(`${here}?gedaan=aan`);
};

const stop = async (visit: Attended): Promise<Answer> => {
  await noticesOf(visit).end(visit.person.account);
  return goTo(`${here}?gedaan=uit`);
};

/** What somebody hears by mail, whatever the role. */
export const ownMailRoom: Room = { routes: [page(here, 'signed-in', ownMailPage), act(here, 'signed-in', save), act(`${here}/uit`, 'signed-in', stop)] };

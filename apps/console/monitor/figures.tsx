import type { FiguresStore, FiguresWish } from '@ketensluis/flow';
import { deskStore } from '@ketensluis/platform';
import { z } from 'zod';
import { faulty, goTo, nothingThere, type Answer, type Attended } from '../route.js';
import { ownMunicipality } from '../sharing/municipality.js';
import { FaultSummary, TextField, type Faults } from '../shell/fields.js';
import { Card, Form, Notice, Submit } from '../shell/parts.js';
import { monitorWords } from './words.js';

/** Who gets the figures by mail. */
export const figuresOf = ({ desk }: Attended): FiguresStore => deskStore.createFiguresMail(desk.hub.pool);

interface FiguresProps {
  readonly visit: Attended;
  readonly wish: FiguresWish | null;
  readonly faults?: Faults;
}

/** Whether this person gets the figures each month, and the form to begin or end it. */
export const FiguresCard = ({ visit, wish, faults = {} }: FiguresProps) => {
  const { language, query, form, person, desk } = visit;
  const words = monitorWords(language);
  const done = query.get('gedaan');
  return (
    <Card title={words.mail} id="mail">
      <FaultSummary faults={faults} language={language} />
      {done === 'aan' || done === 'uit' ? <Notice tone="good" title={words.mailDone[done]} /> : null}
      {desk.hub.personMail === null ? <Notice tone="wait" title={words.mailUnable} /> : null}
      {wish !== null ? <><p>{words.mailOn(wish.address)}</p><Form visit={visit} to="/monitor/mail/uit"><Submit isQuiet>{words.mailStop}</Submit></Form></> : (
        <><p>{words.mailOff}</p>
          <Form visit={visit} to="/monitor/mail">
            <TextField name="adres" type="email" lengthMax={254} label={words.mailAddress} hint={words.mailHint} language={language} value={form.get('adres') ?? person.mail ?? ''} fault={faults['adres']} />
            <Submit isQuiet>{words.mailStart}</Submit>
          </Form></>
      )}
    </Card>
  );
};

const addressSchema = z.email().max(254).transform((address) => address.toLowerCase());

/** From the first of next month on, in the language of the page. */
export const startFigures = async (visit: Attended): Promise<Answer> => {
  const { form, person, now, language } = visit;
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const words = monitorWords(language);
  const address = addressSchema.safeParse((form.get('adres') ?? '').trim());
  if (!address.success) return faulty(words.title, <FiguresCard visit={visit} wish={null} faults={{ adres: words.mailFault }} />, [{ href: '/monitor', text: words.title }]);
  await figuresOf(visit).save({ account: person.account, party: own.oin, address: address.data, language }, now);
  return goTo('/monitor?gedaan=aan#mail');
};

/** No more. */
export const stopFigures = async (visit: Attended): Promise<Answer> => {
  await figuresOf(visit).end(visit.person.account);
  return goTo('/monitor?gedaan=uit#mail');
};

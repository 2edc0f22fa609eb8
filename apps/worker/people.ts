import { mailFigures, tellPeople, type PersonMailSender } from '@ketensluis/flow';
import { deskStore, operatorRound, type Hub } from '@ketensluis/platform';
import { monitorFile } from '@ketensluis/report';

/** How often is looked whether somebody is to be told something: hourly at most, and nobody's term hangs on it. */
export const peopleMs = 60_000;

/** Tells one person at the console whose moment has come; true while there may be more. The event names nobody. */
const peopleRound = ({ clock, registers, pool, events }: Pick<Hub, 'clock' | 'registers' | 'pool' | 'events'>, send: PersonMailSender): (() => Promise<boolean>) => {
  const notices = deskStore.createPersonNotices(pool);
  return async () => {
    const outcome = await tellPeople({ clock, registers, notices, send });
    if (outcome !== null && outcome !== 'quiet') events.tell('person.told', { outcome });
    return outcome !== null;
  };
};

/** Mails one person the figures of his municipality when a month has turned; true while there may be more. The event names nobody. */
const figuresRound = ({ clock, registers, pool, events, countedMessages }: Pick<Hub, 'clock' | 'registers' | 'pool' | 'events' | 'countedMessages'>, send: PersonMailSender): (() => Promise<boolean>) => {
  const figures = deskStore.createFiguresMail(pool);
  return async () => {
    const outcome = await mailFigures({ clock, registers, figures, counted: countedMessages, write: monitorFile, send });
    if (outcome !== null) events.tell('figures.mailed', { outcome });
    return outcome !== null;
  };
};

/** Mails the operator in the morning what is wrong with the hub. */
const toOperator = (hub: Hub): (() => Promise<boolean>) => {
  if (hub.operatorMail === null) return async () => false;
  const round = operatorRound(hub, hub.operatorMail);
  return async () => {
    const outcome = await round();
    if (outcome !== 'idle') hub.events.tell('operator.told', { outcome });
    return false;
  };
};

/** Everything that is mailed to people, as one step. */
export const peopleStep = (hub: Hub, send: PersonMailSender): (() => Promise<boolean>) => {
  const [told, figures, operator] = [peopleRound(hub, send), figuresRound(hub, send), toOperator(hub)];
  return async () => [await told(), await figures(), await operator()].some((isMore) => isMore);
};

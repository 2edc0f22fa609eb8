import { confirm, fetchDisclosure, openNoticeFile } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import { goTo, nothingThere, type Answer, type Attended } from '../route.js';
import { noticePorts } from './case.js';
import { casePath } from './list.js';
import type { Done } from './words.js';

const caseIdOf = (visit: Attended): string => visit.path['id'] ?? '';
const partyOf = (visit: Attended): string => visit.person.party ?? '';

/** The sha256 of an account, where programs have that of their key. */
export const accountSha256 = (account: string): string => createHash('sha256').update(`console\n${account}`).digest('hex');

/** Back to the case, with a word on what was done. */
export const backTo = (visit: Attended, done: Done): Answer => goTo(`${casePath(caseIdOf(visit))}?gedaan=${done}`);

/** True when the party of this person was told of this disclosure in this very case: an id from elsewhere does nothing. */
const belongs = async (visit: Attended, mid: string): Promise<boolean> => (await visit.desk.notices.findSent(partyOf(visit), mid))?.caseId === caseIdOf(visit);

/** Fetches a disclosure that was not delivered: sealed in the log before anything is shown (I1). */
export const fetchNotice = async (visit: Attended): Promise<Answer> => {
  const mid = visit.form.get('bericht') ?? '';
  if (!(await belongs(visit, mid))) return nothingThere;
  const { clock, ids, registers, store, events } = visit.desk.hub;
  const caller = { oin: partyOf(visit), way: 'console', sha256: accountSha256(visit.person.account) } as const;
  const verdict = await fetchDisclosure(mid, caller, { clock, ids, registers, fetches: store.fetches, intake: store.intake });
  events.tell(`disclosure.${verdict.kind}`, { oin: caller.oin, ...(verdict.kind === 'fetched' ? { deliveryId: mid } : {}) });
  switch (verdict.kind) {
    case 'fetched': return backTo(visit, 'geopend');
    case 'later': return backTo(visit, 'later');
    case 'absent':
    case 'gone': return backTo(visit, 'weg');
  }
};

/** Confirms what stood on the page that was sent, and nothing that came in meanwhile. */
export const confirmNotice = async (visit: Attended): Promise<Answer> => {
  const mids = visit.form.getAll('bericht');
  const { clock, ids, store, events } = visit.desk.hub;
  for (const mid of mids) {
    if (!(await belongs(visit, mid))) return nothingThere;
    const result = await confirm({ id: mid, oin: partyOf(visit), by: visit.person.account, how: null }, { clock, ids, confirmations: store.confirmations });
    if (result === 'confirmed') events.tell('disclosure.confirmed', { oin: partyOf(visit), deliveryId: mid });
  }
  return backTo(visit, 'ontvangen');
};

/** Gives the case to a colleague, to oneself, or to nobody. */
export const assignNotice = async (visit: Attended): Promise<Answer> => {
  const { desk, person, now } = visit;
  const account = visit.form.get('aan') ?? '';
  const known = [{ account: person.account, name: person.name }, ...(await desk.notices.colleagues(partyOf(visit), now))];
  const to = known.find((one) => one.account === account) ?? null;
  if (to === null && account !== '') return nothingThere;
  return (await desk.notices.assign(partyOf(visit), caseIdOf(visit), to, { by: person.account, at: now })) ? backTo(visit, 'toegewezen') : nothingThere;
};

/** One file, named so that nothing of the case stands in it. */
export const noticeFile = async (visit: Attended): Promise<Answer> => {
  const place = Number(visit.path['plaats']);
  if (!Number.isSafeInteger(place) || place < 0) return nothingThere;
  const asked = { party: partyOf(visit), account: visit.person.account, caseId: caseIdOf(visit), mid: visit.path['bericht'] ?? '', place };
  const file = await openNoticeFile(asked, { ...noticePorts(visit), fetches: visit.desk.hub.store.fetches });
  if (file === null) return nothingThere;
  return { kind: 'file', name: `bijlage-${place + 1}${file.contentType === 'application/pdf' ? '.pdf' : ''}`, contentType: file.contentType, body: file.content };
};

import { civilDay, type Agreement, type Versioned } from '@ketensluis/domain';
import { proposeChange } from '@ketensluis/flow';
import { createSharingDesk } from '@ketensluis/platform';
import { act, faulty, goTo, nothingThere, page, shown, type Answer, type Attended, type Page, type Room } from '../route.js';
import { dayStart, readDay } from '../shell/moment.js';
import { ownMunicipality, type OwnMunicipality } from '../sharing/municipality.js';
import { reasonFault } from '../sharing/propose.js';
import { agreementBody, agreementName, agreementsOf, agreementsPage } from './agreement-page.js';
import { AgreementForm, filledFrom } from './form-page.js';
import { filledOf, readAgreement, type FilledAgreement } from './read-form.js';
import { agreementWords } from './words.js';

const officer = ['municipality-officer'] as const;

/** Processor agreements of a municipality: the register, the document, and what hangs on each. */
export const agreementsRoom: Room = {
  routes: [
    page('/overeenkomsten', officer, (visit) => within(visit, (own) => agreementsPage(visit, own))),
    page('/overeenkomsten/nieuw', officer, (visit) => within(visit, async (own) => formPage(visit, own, null, null))),
    act('/overeenkomsten/nieuw', officer, (visit) => within(visit, (own) => propose(visit, own, null))),
    page('/overeenkomsten/document/:sha256', officer, (visit) => within(visit, (own) => document(visit, own))),
    page('/overeenkomsten/:key', officer, (visit) => withAgreement(visit, async (own, agreement) => shown(agreementName(agreement, visit.language), await agreementBody(visit, own, agreement), trailOf(visit)))),
    page('/overeenkomsten/:key/wijzigen', officer, (visit) => withAgreement(visit, async (own, agreement) => formPage(visit, own, agreement, null))),
    act('/overeenkomsten/:key/wijzigen', officer, (visit) => withAgreement(visit, (own, agreement) => propose(visit, own, agreement))),
    act('/overeenkomsten/:key/opzeggen', officer, (visit) => withAgreement(visit, (own, agreement) => end(visit, own, agreement))),
  ],
};

const within = async (visit: Attended, answer: (own: OwnMunicipality) => Promise<Answer>): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  return own === null ? nothingThere : answer(own);
};

// An agreement of another controller is not there (I10).
const withAgreement = (visit: Attended, answer: (own: OwnMunicipality, agreement: Versioned<Agreement>) => Promise<Answer>): Promise<Answer> =>
  within(visit, async (own) => {
    const agreement = agreementsOf(own).find(({ key }) => key === visit.path['key']);
    return agreement === undefined ? nothingThere : answer(own, agreement);
  });

const trailOf = ({ language }: Attended): Page['trail'] => [{ href: '/overeenkomsten', text: agreementWords(language).room }];

const formPage = (visit: Attended, { pack }: OwnMunicipality, current: Versioned<Agreement> | null, tried: { readonly filled: FilledAgreement; readonly faults: Readonly<Record<string, string>> } | null): Page => {
  const words = agreementWords(visit.language);
  const to = current === null ? '/overeenkomsten/nieuw' : `/overeenkomsten/${current.key}/wijzigen`;
  const body = <AgreementForm visit={visit} pack={pack} to={to} filled={tried?.filled ?? filledFrom(current, pack)} faults={tried?.faults ?? {}} hasDocument={current !== null && current.documentSha256 !== null} />;
  return (tried === null ? shown : faulty)(current === null ? words.formNew : words.formEdit, body, trailOf(visit));
};

// The name of the municipality, as the other documents have it; a second agreement gets a number.
const freshKey = ({ party, registers }: OwnMunicipality): string => {
  const base = `wth-${party.key.replace(/^gemeente-/, '')}`.slice(0, 90);
  const taken = new Set(registers.agreements.map(({ key }) => key));
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(key)) return key;
  }
};

const propose = async (visit: Attended, own: OwnMunicipality, current: Versioned<Agreement> | null): Promise<Answer> => {
  const filled = filledOf(visit.form);
  const key = current?.key ?? freshKey(own);
  const read = readAgreement(visit, filled, { current, key, controller: own.code });
  if (read.kind === 'faulty') return formPage(visit, own, current, { filled, faults: read.faults });
  const faults = await tried(visit, own, { key, body: read.body, reason: filled.reason, checks: read.checks, document: read.document, holdsFrom: new Date(read.body.from) });
  return typeof faults === 'string' ? goTo(faults) : formPage(visit, own, current, { filled, faults });
};

interface Tried {
  readonly key: string;
  readonly body: Agreement;
  readonly reason: string;
  readonly checks: readonly string[];
  readonly document: { readonly sha256: string; readonly content: Uint8Array } | null;
  readonly holdsFrom: Date;
}

// Where the trial is, or what is wrong.
const tried = async ({ desk, person, language }: Attended, own: OwnMunicipality, asked: Tried): Promise<string | Readonly<Record<string, string>>> => {
  const verdict = await proposeChange(
    { kind: 'agreement', party: own.oin, municipality: own.code, proposedBy: person.account, proposedName: person.name, ...asked }, await createSharingDesk(desk.hub, desk.configuration),
  );
  const words = agreementWords(language).faults;
  switch (verdict.kind) {
    case 'proposed': return `/ter-goedkeuring/${verdict.id}`;
    case 'unchanged': return { '': words.unchanged };
    case 'not-yours': case 'refused': return { '': words.invalid };
  }
};

const end = async (visit: Attended, own: OwnMunicipality, agreement: Versioned<Agreement>): Promise<Answer> => {
  const { form, language, now } = visit;
  const words = agreementWords(language).faults;
  const [day, reason] = [(form.get('dag') ?? '').trim(), (form.get('reden') ?? '').trim()];
  const read = readDay(day);
  const [at, bad] = [read === null ? null : dayStart(read), reasonFault(reason, { reason: words.empty, long: words.long })];
  const faults: Record<string, string> = {};
  const today = dayStart(civilDay(now)).getTime();
  if (at === null) faults['dag'] = words.day;
  else if (at.getTime() < today) faults['dag'] = words.past;
  if (bad !== null) faults['reden'] = bad;
  const again = async (wrong: Readonly<Record<string, string>>): Promise<Answer> => faulty(agreementName(agreement, language), await agreementBody(visit, own, agreement, { day, reason, faults: wrong }), trailOf(visit));
  if (at === null || Object.keys(faults).length > 0) return again(faults);
  const { version: _version, ...body } = agreement;
  const found = await tried(visit, own, { key: agreement.key, body: { ...body, terminated: { at: at.toISOString(), reason } }, reason, checks: [], document: null, holdsFrom: at });
  return typeof found === 'string' ? goTo(found) : again(found);
};

const document = async ({ desk, path }: Attended, { oin }: OwnMunicipality): Promise<Answer> => {
  const sha256 = path['sha256'] ?? '';
  const content = await (await createSharingDesk(desk.hub, desk.configuration)).openDocument(oin, sha256);
  return content === null ? nothingThere : { kind: 'file', name: `verwerkersovereenkomst-${sha256.slice(0, 12)}.pdf`, contentType: 'application/pdf', body: content };
};

import { isWithin, sharingKind } from '@ketensluis/domain';
import { proposeChange } from '@ketensluis/flow';
import { createSharingDesk } from '@ketensluis/platform';
import { faulty, goTo, nothingThere, type Answer, type Attended } from '../route.js';
import type { Faults } from '../shell/fields.js';
import { ownMunicipality, settingOf, type OwnMunicipality } from './municipality.js';
import { sharingBody } from './sharing-page.js';
import { sharingWords } from './words.js';

/** Most characters of a reason. */
export const reasonMax = 2_000;

/** What is wrong with a reason; null when nothing is. */
export const reasonFault = (reason: string, words: { readonly reason: string; readonly long: string }): string | null => {
  if (reason === '') return words.reason;
  return reason.length > reasonMax ? words.long : null;
};

/** Tries the choices somebody made on past traffic; all faults are told together, and nothing changes yet. */
export const tryChoices = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const { desk, form, language, now, person } = visit;
  const words = sharingWords(language);
  const setting = settingOf(own, now);
  const current = setting !== null && isWithin(setting, now) ? setting.rules : {};
  const on = new Set(form.getAll('regel'));
  const shownRules = shownOf(form.getAll('getoond'), own);
  const reason = (form.get('reden') ?? '').trim();
  const rules = { ...current, ...Object.fromEntries([...shownRules.keys()].filter((rule) => on.has(rule) || current[rule] !== undefined).map((rule) => [rule, on.has(rule) ? 'on' as const : 'off' as const])) };
  const faults: Record<string, string> = {};
  const [bad, isOvertaken] = [reasonFault(reason, words.faults), [...shownRules].some(([rule, state]) => state !== (current[rule] ?? 'off'))];
  const isChanged = [...shownRules.keys()].some((rule) => on.has(rule) !== ((current[rule] ?? 'off') === 'on'));
  if (isOvertaken) faults['regel'] = words.faults.overtaken;
  else if (!isChanged) faults['regel'] = words.faults.unchanged;
  if (bad !== null) faults['reden'] = bad;
  if (Object.keys(faults).length > 0) return again(visit, own, { on, reason, faults });
  const verdict = await proposeChange({
    kind: 'setting', key: setting?.key ?? `setting-${own.code}`, party: own.oin, municipality: own.code, holdsFrom: now, reason, checks: [], document: null,
    proposedBy: person.account, proposedName: person.name,
    body: { kind: 'setting', key: setting?.key ?? `setting-${own.code}`, controller: own.code, rules, from: setting !== null && isWithin(setting, now) ? setting.from : now.toISOString(), to: setting !== null && isWithin(setting, now) ? setting.to : null },
  }, await createSharingDesk(desk.hub, desk.configuration));
  switch (verdict.kind) {
    case 'proposed': return goTo(`/ter-goedkeuring/${verdict.id}`);
    case 'not-yours': return nothingThere;
    case 'unchanged': return again(visit, own, { on, reason, faults: { regel: words.faults.unchanged } });
    case 'refused': return again(visit, own, { on, reason, faults: { '': words.faults.invalid } });
  }
};

// Only switches of this municipality, whatever the form says: a duty of law never becomes a choice.
const shownOf = (sent: readonly string[], { pack }: OwnMunicipality): ReadonlyMap<string, string> => {
  const known = new Set(pack.rules.filter((rule) => rule.controller === 'municipality' && sharingKind(rule) === 'switch').map(({ id }) => id));
  return new Map(sent.map((one): [string, string] => [one.split(' ')[0] ?? '', one.split(' ')[1] ?? '']).filter(([rule]) => known.has(rule)));
};

const again = async (visit: Attended, own: OwnMunicipality, draft: { readonly on: ReadonlySet<string>; readonly reason: string; readonly faults: Faults }): Promise<Answer> =>
  faulty(sharingWords(visit.language).title(own.party.name), await sharingBody(visit, own, draft), [{ href: '/gegevensdeling', text: sharingWords(visit.language).room }]);

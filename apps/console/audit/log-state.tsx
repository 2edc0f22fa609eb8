import type { deskStore } from '@ketensluis/platform';
import type { Attended } from '../route.js';
import { nearText } from '../shell/moment.js';
import { Form, Notice, Submit } from '../shell/parts.js';
import { searchWords } from './words.js';

/** How the log stands, before anything that rests on it. */
export const LogStateCard = ({ visit, state }: { readonly visit: Attended; readonly state: deskStore.LogState }) => {
  const words = searchWords(visit.language);
  const { lastCheck: check, witnesses, size, signedAt } = state;
  const near = (at: Date): string => nearText(at, visit.language, visit.now);
  const [well, away] = [witnesses.filter(({ isWell }) => isWell), witnesses.filter(({ isWell }) => !isWell)].map((some) => some.map(({ name }) => name).join(', '));
  const seal = (
    <p>
      {signedAt === null ? null : <>{words.signed(size, near(signedAt))} </>}
      {witnesses.length === 0 ? words.noWitness : <>{well === '' ? null : <>{words.witnesses(well ?? '')} </>}{away === '' ? null : words.witnessAway(away ?? '')}</>}
    </p>
  );
  const again = <Form visit={visit} to="/rapporten/controle"><Submit isQuiet>{words.checkNow}</Submit></Form>;
  if (check === null) return <Notice tone="wait" title={`${words.state}: ${words.never.toLowerCase()}`}><p>{words.neverNext}</p>{seal}{again}</Notice>;
  if (!check.isUnchanged) {
    return (
      <Notice tone="bad" title={`${words.changedTitle}: ${words.changed(near(check.at))}`}>
        <p>{words.changedNext}</p>
        <h2>{words.problems}</h2>
        <ul>{check.problems.map((problem) => <li key={problem}><code>{problem}</code></li>)}</ul>
        {again}
      </Notice>
    );
  }
  return (
    <Notice tone="good" title={`${words.state}: ${words.unchanged(near(check.at)).toLowerCase()}`}>
      <p>{words.checkedOf(check.size)} {size > check.size ? words.grown(size - check.size) : null}</p>
      {seal}
      {again}
    </Notice>
  );
};

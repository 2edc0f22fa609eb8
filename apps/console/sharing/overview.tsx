import { sharingRows, type SharingRow } from '@ketensluis/domain';
import { nothingThere, shown, type Answer, type Attended } from '../route.js';
import type { Language } from '../shell/language.js';
import { dayText } from '../shell/moment.js';
import { Card } from '../shell/parts.js';
import { ownMunicipality, settingOf } from './municipality.js';
import { RowTable } from './rows.js';
import { sharingWords } from './words.js';

/** What the municipality shares, on paper: for its college and its register of processing (AVG art. 30). */
export const overview = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const { language, now } = visit;
  const words = sharingWords(language);
  const setting = settingOf(own, now);
  const rows = sharingRows(own.input).filter(({ isOutward }) => isOutward);
  return shown(words.overview(own.party.name), (
    <>
      <p className="lead">{words.overviewLead(dayText(now, language, new Date(0)))}</p>
      <p>{words.overviewLaw(own.pack.version)} {setting === null ? words.overviewNone : words.overviewSetting(setting.key, setting.version)}</p>
      <Listed title={words.duties} rows={rows.filter(({ kind }) => kind === 'duty')} language={language} />
      <Listed title={words.choose} rows={rows.filter(({ kind, isOn }) => kind === 'switch' && isOn)} language={language} />
      <Listed title={words.consent} rows={rows.filter(({ kind }) => kind === 'consent')} language={language} />
      <Listed title={words.overviewOff} rows={rows.filter(({ kind, isOn }) => kind === 'switch' && !isOn)} language={language} />
      <p className="actions"><a href="/gegevensdeling">{words.back}</a></p>
    </>
  ), [{ href: '/gegevensdeling', text: words.room }]);
};

const Listed = ({ title, rows, language }: { readonly title: string; readonly rows: readonly SharingRow[]; readonly language: Language }) => (
  <Card title={title}>{rows.length === 0 ? <p>{sharingWords(language).nothing}</p> : <RowTable label={title} rows={rows} language={language} />}</Card>
);

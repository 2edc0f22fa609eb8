import { verdicts, type Verdict } from '@ketensluis/domain';
import { judgeSample, openSample, sample, sampleCount, type LogLine, type OpenedSample } from '@ketensluis/flow';
import type { deskStore } from '@ketensluis/platform';
import { pageRows } from '../limits.js';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { articleText } from '../shell/article.js';
import { FaultSummary, RadioField, SelectField, TextArea, type Faults } from '../shell/fields.js';
import { lawText, typeName } from '../shell/names.js';
import { Badge, ButtonLink, Card, Copyable, Empty, Facts, Form, Moment, Notice, Submit, Table, type Tone } from '../shell/parts.js';
import { askerOf } from './asker.js';
import { DecisionBadge, disclosuresPath, LineTable, nameOf } from './disclosures.js';
import { periods, readPeriod, thisQuarter } from './period.js';
import { sampleWords } from './room-words.js';

/** Where the room is. */
export const samplePath = '/steekproef';
const remarkMost = 2_000;
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Samples that were drawn, and the way to a new one. */
export const samplesPage = async (visit: Attended): Promise<Answer> => {
  const { language, now, desk } = visit;
  const words = sampleWords(language);
  const found = await desk.auditDesk.samples(askerOf(visit).controller, pageRows);
  return shown(words.title, (
    <>
      <p className="lead">{words.lead}</p>
      <Card title={words.draw}>
        <p>{words.drawText(sampleCount)}</p>
        <Form visit={visit} to={samplePath}>
          <SelectField name="periode" language={language} label={words.period} value={thisQuarter(now)} options={periods(now, language)} />
          <Submit>{words.go}</Submit>
        </Form>
      </Card>
      {found.length === 0 ? <Empty title={words.empty}><p>{words.emptyNext}</p></Empty> : <Card title={words.earlier}><Samples visit={visit} rows={found} /></Card>}
    </>
  ));
};

const Samples = ({ visit, rows }: { readonly visit: Attended; readonly rows: readonly deskStore.SampleCount[] }) => {
  const words = sampleWords(visit.language);
  return (
    <Table label={words.earlier} language={visit.language} rows={rows} keyOf={({ id }) => id} columns={[
      { head: words.drawn, isName: true, cell: ({ id, at }) => <a href={`${samplePath}/${id}`}><Moment at={at} visit={visit} /></a> },
      { head: words.of, cell: ({ drawn, population }) => words.population(drawn, population) },
      { head: words.judged, isNumber: true, cell: ({ id, judged, drawn }) => <a href={`${samplePath}/${id}`}>{judged} / {drawn}</a> },
      { head: words.questions, isNumber: true, cell: ({ questions }) => questions },
      { head: words.incidents, isNumber: true, cell: ({ incidents }) => incidents },
      { head: words.seed, cell: ({ seed }) => <code>{seed.slice(0, 12)}</code> },
    ]} />
  );
};

/** Draws a sample; sending it twice draws once. */
export const drawSample = async (visit: Attended): Promise<Answer> => {
  const read = readPeriod(visit.form.get('periode') ?? '');
  if (read === null) return nothingThere;
  const { draw } = await sample({ ...read.period, seed: null, size: null }, askerOf(visit, 'steekproef'), visit.desk.audit);
  return goTo(`${samplePath}/${draw.id}`);
};

const opened = async (visit: Attended): Promise<OpenedSample | null> => {
  const id = visit.path['id'] ?? '';
  if (!idForm.test(id)) return null;
  const found = await openSample(id, askerOf(visit, 'steekproef'), visit.desk.audit);
  return found.kind === 'refused' ? null : found;
};

const tones: Readonly<Record<Verdict, Tone>> = { 'in order': 'good', question: 'wait', incident: 'bad' };

/** One sample with its entries and how each was found to be. */
export const samplePage = async (visit: Attended): Promise<Answer> => {
  const found = await opened(visit);
  if (found === null) return nothingThere;
  const { language, query } = visit;
  const words = sampleWords(language);
  const { draw, lines } = found;
  const of = new Map(lines.map(({ line, judgement }) => [line.id, judgement]));
  const isDone = lines.length > 0 && lines.every(({ judgement }) => judgement !== null);
  const judge = (line: LogLine) => {
    const verdict = of.get(line.id)?.verdict;
    return <>{verdict === undefined ? null : <><Badge tone={tones[verdict]}>{words.verdicts[verdict]}</Badge> </>}<a href={`${samplePath}/${draw.id}/${line.index}`}>{words.judge}<span className="hidden"> {line.index}</span></a></>;
  };
  return shown(words.one, (
    <>
      {query.has('gedaan') ? <Notice tone="good" title={isDone ? words.allDone : words.done} /> : null}
      <Card>
        <Facts facts={[[words.drawn, <Moment at={draw.at} visit={visit} />], [words.of, words.population(draw.indexes.length, draw.population)], [words.seed, <code>{draw.seed}</code>]]} />
        <details><summary>{words.again}</summary><Copyable language={language} text={`ketensluis sample draw --by fg --purpose steekproef --for ${draw.controller ?? ''} --from ${draw.from.toISOString()} --to ${draw.to.toISOString()} --seed ${draw.seed} --size ${draw.size}`} /></details>
      </Card>
      {lines.length === 0 ? <Empty title={words.nothing}><ButtonLink href={samplePath}>{words.draw}</ButtonLink></Empty> : (
        <Card><LineTable visit={visit} label={words.one} lines={lines.map(({ line }) => line)} persons={new Map()} purpose="steekproef" last={{ head: words.verdict, cell: judge }} /></Card>
      )}
    </>
  ), [{ href: samplePath, text: words.title }]);
};

/** One entry of a sample, to be judged. */
export const judgePage = async (visit: Attended): Promise<Answer> => judging(visit, {});

const judging = async (visit: Attended, faults: Faults): Promise<Answer> => {
  const found = await opened(visit);
  const entry = found?.lines.find(({ line }) => String(line.index) === visit.path['nr']);
  if (found === null || entry === undefined) return nothingThere;
  const { language, form } = visit;
  const words = sampleWords(language);
  const { line, judgement } = entry;
  const here = `${samplePath}/${found.draw.id}`;
  const of = (name: string) => ({ name, language, fault: faults[name], value: form.get(name) });
  const body = (
    <>
      <FaultSummary faults={faults} language={language} />
      <Card title={`${nameOf(line.sender, language)} → ${nameOf(line.recipient, language)}`} actions={<DecisionBadge line={line} visit={visit} />}>
        <p>{[line.type === null ? null : typeName(line.type, language), line.rule, line.law === null ? null : lawText(line.law, language), line.article === null ? null : articleText(line.article, visit.language)].filter((part) => part !== null).join(', ')}</p>
        <p>{line.categoryWords.map((one) => one[language]).join(', ')}</p>
        <ButtonLink href={`${disclosuresPath}/${line.index}?doel=steekproef`} isQuiet>{words.detail}</ButtonLink>
      </Card>
      <Card>
        {judgement === null ? null : <p>{words.earlierJudged(words.verdicts[judgement.verdict])}{judgement.remark === null ? null : <> “{judgement.remark}”</>}</p>}
        <Form visit={visit} to={`${here}/${line.index}`}>
          <RadioField {...of('oordeel')} label={words.judgeAsk} options={[['in order', words.inOrder], ['question', words.question], ['incident', words.incident]]} />
          <TextArea {...of('toelichting')} label={words.remark} hint={words.remarkHint} lengthMax={remarkMost} isOptional />
          <Submit>{words.save}</Submit>
        </Form>
      </Card>
    </>
  );
  const trail = [{ href: samplePath, text: words.title }, { href: here, text: words.one }];
  return Object.keys(faults).length === 0 ? shown(words.judgeTitle(line.index), body, trail) : faulty(words.judgeTitle(line.index), body, trail);
};

/** Records a judgement and goes back to the sample. */
export const judge = async (visit: Attended): Promise<Answer> => {
  const words = sampleWords(visit.language);
  const [id, nr] = [visit.path['id'] ?? '', visit.path['nr'] ?? ''];
  if (!idForm.test(id) || !/^\d{1,15}$/.test(nr)) return nothingThere;
  const verdict = verdicts.find((one) => one === visit.form.get('oordeel')) ?? null;
  const remark = (visit.form.get('toelichting') ?? '').trim().slice(0, remarkMost);
  if (verdict === null) return judging(visit, { oordeel: words.verdictFault });
  if (verdict !== 'in order' && remark === '') return judging(visit, { toelichting: words.remarkFault });
  const done = await judgeSample({ sampleId: id, index: Number(nr), verdict, remark: remark === '' ? null : remark }, askerOf(visit, 'steekproef'), visit.desk.audit);
  return done.kind === 'refused' ? nothingThere : goTo(`${samplePath}/${id}?gedaan=oordeel`);
};

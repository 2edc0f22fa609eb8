import { civilDay, reportKeptDays } from '@ketensluis/domain';
import { takeReport } from '@ketensluis/flow';
import type { deskStore } from '@ketensluis/platform';
import { zipOf, type ReportFile } from '@ketensluis/report';
import type { ReactNode } from 'react';
import { Temporal } from 'temporal-polyfill';
import { pageRows } from '../limits.js';
import { faulty, goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { SelectField, type Faults } from '../shell/fields.js';
import { dayStart, dayText } from '../shell/moment.js';
import { Badge, ButtonLink, Card, Empty, Form, Moment, Notice, Paging, Submit, Table, withQuery, type Tone } from '../shell/parts.js';
import { askerOf, purposeOf } from './asker.js';
import { disclosuresPath } from './disclosures.js';
import { periodText, quarters, readPeriod } from './period.js';
import { reportWords } from './room-words.js';

/** Where the room is. */
export const reportsPath = '/rapporten';
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const lookMs = 1_000;
const dayMs = 86_400_000;
const yearsBack = 5;

/** What was asked for and how far it is, and the way to ask for more. */
export const reportsPage = async (visit: Attended): Promise<Answer> => listed(visit, {});

const listed = async (visit: Attended, faults: Faults): Promise<Answer> => {
  const words = reportWords(visit.language);
  const [before, done] = [visit.query.get('na'), visit.query.get('gedaan')];
  const found = await visit.desk.auditDesk.reports.list(askerOf(visit).controller, { before: idForm.test(before ?? '') ? before : null, limit: pageRows + 1 });
  const texts: Readonly<Record<string, string>> = { gevraagd: words.asked, gestopt: words.stopped, klaar: words.notStopped };
  const said = texts[done ?? ''];
  const body = (
    <>
      <p className="lead">{words.lead}</p>
      {said === undefined ? null : <Notice tone={done === 'klaar' ? 'plain' : 'good'} title={said} />}
      <Makers visit={visit} faults={faults} />
      <Tasks visit={visit} found={found} />
    </>
  );
  return Object.keys(faults).length === 0 ? shown(words.title, body) : faulty(words.title, body);
};

const Makers = ({ visit, faults }: { readonly visit: Attended; readonly faults: Faults }) => {
  const { language, now } = visit;
  const words = reportWords(language);
  return (
    <div className="cards">
      <Card title={words.person}><p>{words.personText}</p><ButtonLink href={`${disclosuresPath}/zoek`}>{words.personGo}</ButtonLink></Card>
      <Card title={words.quarter}>
        <p>{words.quarterText}</p>
        <Form visit={visit} to={`${reportsPath}/kwartaal`}>
          <SelectField name="kwartaal" language={language} label={words.quarterAsk} fault={faults['kwartaal']} options={quarters(now).map((one) => [one, periodText(one, language)] as const)} />
          <Submit>{words.quarterGo}</Submit>
        </Form>
      </Card>
      <Card title={words.processing}><p>{words.processingText}</p><Form visit={visit} to={`${reportsPath}/register`}><Submit>{words.processingGo}</Submit></Form></Card>
      <Card title={words.check}><p>{words.checkText}</p><Form visit={visit} to={`${reportsPath}/controle`}><Submit>{words.checkGo}</Submit></Form></Card>
    </div>
  );
};

const isOpen = ({ state }: deskStore.ReportTask): boolean => state === 'waiting' || state === 'running';

const Tasks = ({ visit, found }: { readonly visit: Attended; readonly found: readonly deskStore.ReportTask[] }) => {
  const { language, query } = visit;
  const words = reportWords(language);
  const tasks = found.slice(0, pageRows);
  if (tasks.length === 0) return <Empty title={words.empty}><p>{words.emptyNext}</p></Empty>;
  const last = tasks.at(-1);
  // Only the newest page follows by itself, and only while something is under way.
  const live = !query.has('na') && tasks.some(isOpen) ? { 'data-live': `${reportsPath}/stroom` } : {};
  return (
    <Card title={words.list}>
      <div {...live}><TaskTable visit={visit} tasks={tasks} /></div>
      <Paging language={language} previous={query.has('na') ? reportsPath : null} next={found.length > pageRows && last !== undefined ? withQuery(reportsPath, new URLSearchParams(), { na: last.id }) : null} />
    </Card>
  );
};

const tones: Readonly<Record<deskStore.ReportState, Tone>> = { waiting: 'wait', running: 'wait', done: 'good', failed: 'bad', stopped: 'plain' };

const TaskTable = ({ visit, tasks }: { readonly visit: Attended; readonly tasks: readonly deskStore.ReportTask[] }) => {
  const { language } = visit;
  const words = reportWords(language);
  return (
    <>
      <p role="status" className="soft small">{words.summary(tasks.filter(isOpen).length)}</p>
      <Table label={words.list} language={language} rows={tasks} keyOf={({ id }) => id} columns={[
        { head: words.kind, isName: true, cell: ({ kind }) => words.kinds[kind] },
        { head: words.made, cell: ({ madeAt, account }) => <><Moment at={madeAt} visit={visit} /><br /><span className="soft small">{account}</span></> },
        { head: words.state, cell: (task) => <Progress visit={visit} task={task} /> },
        { head: words.based, cell: ({ size }) => (size === null ? '' : words.size(size)) },
        { head: words.files, cell: (task) => <Files visit={visit} task={task} /> },
      ]} />
    </>
  );
};

const Progress = ({ visit, task }: { readonly visit: Attended; readonly task: deskStore.ReportTask }) => {
  const words = reportWords(visit.language);
  const { id, state, step, steps, outcome, kind } = task;
  const isBad = state === 'failed' || outcome === 'changed';
  const said = outcome === null || isOpen(task) ? null : words.outcomes[outcome] ?? outcome;
  return (
    <>
      <Badge tone={isBad ? 'bad' : tones[state]}>{words.states[state]}</Badge>
      {said === null ? null : <p className="small">{said}</p>}
      {!isOpen(task) ? null : (
        <>
          <progress className="progress" max={steps} value={step} aria-label={words.kinds[kind]} /><span className="small soft">{words.progress(step, steps)}</span>
          <Form visit={visit} to={`${reportsPath}/${id}/stop`}><Submit isQuiet>{words.stop}<span className="hidden"> {words.kinds[kind]}</span></Submit></Form>
        </>
      )}
    </>
  );
};

const isProof = (path: string): boolean => path.includes('/');

const Files = ({ visit, task }: { readonly visit: Attended; readonly task: deskStore.ReportTask }): ReactNode => {
  const words = reportWords(visit.language);
  const { id, files, endedAt } = task;
  if (files.length === 0 || endedAt === null) return null;
  const [main, proofs] = [files.filter(({ path }) => !isProof(path)), files.filter(({ path }) => isProof(path))];
  return (
    <>
      <a href={`${reportsPath}/${id}/alles.zip`}>{words.all}</a>
      <ul className="files">
        {main.map(({ path, sha256 }) => <li key={path}><a href={`${reportsPath}/${id}/${path}`}>{path}</a><br /><span className="soft small">{words.hash} <code title={sha256}>{sha256.slice(0, 16)}</code></span></li>)}
      </ul>
      {proofs.length === 0 ? null : <p className="soft small">{words.proofs(proofs.length)}</p>}
      <p className="soft small">{words.until(dayText(new Date(endedAt.getTime() + reportKeptDays * dayMs), visit.language, visit.now))}</p>
    </>
  );
};

/** The newest reports, again each time something changed, until none is under way. */
export const reportsStream = async (visit: Attended): Promise<Answer> => ({
  kind: 'live',
  pieces: async function* (signal) {
    const { controller } = askerOf(visit);
    for (let before = ''; !signal.aborted;) {
      const tasks = await visit.desk.auditDesk.reports.list(controller, { before: null, limit: pageRows });
      const now = JSON.stringify(tasks);
      if (now !== before) yield <TaskTable visit={{ ...visit, now: visit.desk.hub.clock.now() }} tasks={tasks} />;
      before = now;
      if (!tasks.some(isOpen)) return;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  },
});

const asking = async (visit: Attended, asked: Omit<deskStore.ReportAsked, 'account' | 'party'>): Promise<Answer> => {
  const { account, controller } = askerOf(visit);
  await visit.desk.auditDesk.reports.ask({ ...asked, account, party: controller }, visit.now);
  return goTo(`${reportsPath}?gedaan=gevraagd`);
};

const untilNow = ({ now }: Attended): { readonly from: Date; readonly to: Date } => ({ from: dayStart(Temporal.PlainDate.from(civilDay(now)).subtract({ years: yearsBack }).toString()), to: now });

/** A report on the person of a search that was kept. */
export const askPerson = async (visit: Attended): Promise<Answer> => {
  const id = visit.form.get('zoekvraag') ?? '';
  const { account, controller } = askerOf(visit);
  const search = idForm.test(id) ? await visit.desk.auditDesk.findSearch(id, { account, party: controller }, visit.now) : null;
  return search === null ? nothingThere : asking(visit, { kind: 'person', purpose: purposeOf(search.purpose) ?? 'avg.inzage', persons: search.persons, ...untilNow(visit) });
};

/** A report on a quarter. */
export const askQuarter = async (visit: Attended): Promise<Answer> => {
  const quarter = quarters(visit.now).find((one) => one === visit.form.get('kwartaal'));
  const read = quarter === undefined ? null : readPeriod(quarter);
  return read === null ? listed(visit, { kwartaal: reportWords(visit.language).quarterFault }) : asking(visit, { kind: 'quarter', purpose: 'kwartaalrapport', persons: [], ...read.period });
};

/** The register of processing. */
export const askProcessing = (visit: Attended): Promise<Answer> => asking(visit, { kind: 'processing', purpose: 'toezicht.fg', persons: [], ...untilNow(visit) });

/** A check of the whole log. */
export const askCheck = (visit: Attended): Promise<Answer> => asking(visit, { kind: 'log-check', purpose: 'controle.log', persons: [], ...untilNow(visit) });

/** Stops a report that is not ready. */
export const stopReport = async (visit: Attended): Promise<Answer> => {
  const id = visit.path['id'] ?? '';
  const { controller } = askerOf(visit);
  const task = idForm.test(id) ? await visit.desk.auditDesk.reports.find(id, controller) : null;
  if (task === null) return nothingThere;
  return goTo(`${reportsPath}?gedaan=${(await visit.desk.auditDesk.reports.stop(id, controller, visit.now)) ? 'gestopt' : 'klaar'}`);
};

const types: Readonly<Record<string, string>> = { pdf: 'application/pdf', csv: 'text/csv; charset=utf-8', json: 'application/json', jsonl: 'application/jsonl', zip: 'application/zip' };

/** A file of a report, or all of them as one; that it is taken is recorded first. */
export const reportFile = async (visit: Attended): Promise<Answer> => {
  const [id, name] = [visit.path['id'] ?? '', visit.path['bestand'] ?? ''];
  const { reports } = visit.desk.auditDesk;
  const task = idForm.test(id) ? await reports.find(id, askerOf(visit).controller) : null;
  if (task === null) return nothingThere;
  const wanted = name === 'alles.zip' ? task.files.map(({ path }) => path) : task.files.flatMap(({ path }) => (path === name ? [path] : []));
  const files: ReportFile[] = [];
  for (const path of wanted) {
    const bytes = await reports.file(id, task.party, path);
    if (bytes !== null) files.push({ path, bytes });
  }
  const [first] = files;
  if (first === undefined) return nothingThere;
  await takeReport({ id, path: name }, askerOf(visit, purposeOf(task.purpose) ?? 'toezicht.fg'), visit.desk.audit);
  if (name !== 'alles.zip') return { kind: 'file', name, contentType: types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', body: first.bytes };
  const sums = task.files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
  return { kind: 'file', name: 'rapport.zip', contentType: 'application/zip', body: zipOf([...files, { path: 'SHA256SUMS', bytes: Buffer.from(sums, 'utf8') }]) };
};

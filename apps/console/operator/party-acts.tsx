import { parseRegisterDocument, partyStages, stepParty, type Party, type PartyStep } from '@ketensluis/domain';
import { applyRegister, previewRegister, type AskedTest } from '@ketensluis/flow';
import { askAcceptance, findAcceptance, lastAcceptance, type AcceptanceRun } from '@ketensluis/platform';
import { setTimeout as pause } from 'node:timers/promises';
import { goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { Badge, Card, Facts, Notice, Table } from '../shell/parts.js';
import { partyOfPath, partyPageOf, type PartyFault } from './party.js';
import { partyWords } from './party-words.js';
import { readReason } from './reason.js';
import { followed } from '../connect/test-result.js';

const idForm = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const again = async (visit: Attended, wrong: PartyFault): Promise<Answer> => (await partyPageOf(visit, wrong)) ?? nothingThere;

/** Stops everything to and from a party, or ends that; with its reason in the log. */
export const pauseParty = async (visit: Attended): Promise<Answer> => {
  const { form, language } = visit;
  const read = readReason(visit);
  if (read.kind === 'fault') return again(visit, { faults: { reden: read.fault }, read });
  const kind = form.get('stap') === 'hervat' ? 'resume' : 'pause';
  const taken = await takeStep(visit, { kind }, read.reason);
  if (taken === 'absent') return nothingThere;
  if (taken === 'refused') return again(visit, { faults: { '': partyWords(language).refusal.same } });
  return goTo(`/partijen/${visit.path['sleutel'] ?? ''}?gedaan=${kind === 'pause' ? 'pauze' : 'hervat'}`);
};

/** Changes how far a connection is. Into use only after an acceptance run that passed, unless the reason says why not. */
export const stageParty = async (visit: Attended): Promise<Answer> => {
  const { desk, form, language, path } = visit;
  const words = partyWords(language);
  const read = readReason(visit, 'reden-staat');
  if (read.kind === 'fault') return again(visit, { faults: { 'reden-staat': read.fault } });
  const stage = partyStages.find((one) => one === form.get('staat'));
  const party = await partyOfPath(visit);
  if (party === null || stage === undefined) return nothingThere;
  if (stage === 'active' && form.get('zonder') !== 'ja' && (await lastAcceptance(desk.hub.pool, party.oin))?.passed !== true) return again(visit, { faults: { staat: words.notAccepted } });
  const taken = await takeStep(visit, { kind: 'stage', stage }, read.reason);
  return taken === 'done' ? goTo(`/partijen/${path['sleutel'] ?? ''}?gedaan=stap`) : again(visit, { faults: { staat: words.refusal.order } });
};

const takeStep = async ({ desk: { register, hub }, path, person, now }: Attended, step: PartyStep, reason: string): Promise<'done' | 'refused' | 'absent'> => {
  const current = await register.register.find('party', path['sleutel'] ?? '');
  if (current === null) return 'absent';
  const stepped = stepParty(partyFrom(current.body), step, now);
  if (stepped.kind === 'refused') return 'refused';
  const preview = await previewRegister([stepped.party], register.register);
  if (preview.kind === 'refused') return 'refused';
  await applyRegister(preview.steps.map((one) => ({ ...one, reason })), person.account, { ...register, clock: hub.clock });
  return 'done';
};

const partyFrom = (body: unknown): Party => {
  const read = parseRegisterDocument(body);
  if (read.kind === 'refused' || read.document.kind !== 'party') throw new Error('bug: a stored party does not pass');
  return read.document;
};

/** Asks for a test; whoever delivers makes it. */
export const testParty = async (visit: Attended): Promise<Answer> => {
  const { desk: { hub }, now } = visit;
  const party = await partyOfPath(visit);
  if (party === null) return nothingThere;
  return goTo(`/partijen/${party.key}/proefbericht/${await hub.store.testWishes.ask({ party: party.oin, example: null }, now)}`);
};

const testOf = async (visit: Attended): Promise<{ readonly party: Party; readonly test: AskedTest } | null> => {
  const [party, id] = [await partyOfPath(visit), visit.path['id'] ?? ''];
  const test = party === null || !idForm.test(id) ? null : await visit.desk.hub.store.testWishes.find(party.oin, id, visit.now);
  return party === null || test === null ? null : { party, test };
};

/** How a test went. */
export const testPage = async (visit: Attended): Promise<Answer> => {
  const found = await testOf(visit);
  if (found === null) return nothingThere;
  const [{ party, test }, words] = [found, partyWords(visit.language)];
  const at = `/partijen/${party.key}/proefbericht/${test.id}`;
  return shown(words.test, <div {...(test.result === null ? { 'data-live': `${at}/volgen` } : {})}><TestPiece test={test} at={at} visit={visit} /></div>, [{ href: '/partijen', text: words.title }, { href: `/partijen/${party.key}`, text: party.name }]);
};

const TestPiece = ({ test: { result }, at, visit: { language } }: { readonly test: AskedTest; readonly at: string; readonly visit: Attended }) => {
  const words = partyWords(language);
  if (result === null) return <Notice tone="wait" title={words.acceptanceBusy}><p><a href={at}>{words.refresh}</a></p></Notice>;
  const [outcome, code] = result.kind === 'tried' ? [result.outcome, result.code] : [result.kind, null];
  const isGood = outcome === 'delivered' || outcome === 'announced';
  return <Notice tone={isGood ? 'good' : 'bad'} title={words.tests[outcome] ?? outcome}>{code === null || isGood ? undefined : <p><code>{code}</code></p>}</Notice>;
};

/** Follows a test until it has ended. */
export const followTest = async (visit: Attended): Promise<Answer> => {
  const found = await testOf(visit);
  if (found === null) return nothingThere;
  const { party, test: { id } } = found;
  return followed(visit, party.oin, id, (test) => <TestPiece test={test} at={`/partijen/${party.key}/proefbericht/${id}`} visit={visit} />);
};

/** Switches an endpoint on again that answered 410; what was held for it goes now. */
export const enableEndpoint = async (visit: Attended): Promise<Answer> => {
  const { desk: { hub }, person, now } = visit;
  const party = await partyOfPath(visit);
  if (party?.channel?.kind !== 'webhook') return nothingThere;
  await hub.store.webhookEndpoints.switchOn({ party: party.oin, url: party.channel.url, at: now, by: person.account, entryId: hub.ids.next(now) });
  return goTo(`/partijen/${party.key}?gedaan=aan`);
};

/** Asks for an acceptance run; the worker takes it up. */
export const beginAcceptance = async (visit: Attended): Promise<Answer> => {
  const party = await partyOfPath(visit);
  if (party === null) return nothingThere;
  const id = await askAcceptance(visit.desk.hub.pool, { party: party.oin, by: visit.person.account }, visit.now);
  return goTo(`/partijen/${party.key}/aansluitproef/${id}`);
};

const runOf = async (visit: Attended): Promise<{ readonly party: Party; readonly run: AcceptanceRun } | null> => {
  const [party, id] = [await partyOfPath(visit), visit.path['id'] ?? ''];
  const run = idForm.test(id) ? await findAcceptance(visit.desk.hub.pool, id) : null;
  return party === null || run === null || run.party !== party.oin ? null : { party, run };
};

/** How an acceptance run went. */
export const acceptancePage = async (visit: Attended): Promise<Answer> => {
  const found = await runOf(visit);
  if (found === null) return nothingThere;
  const { party, run } = found;
  const words = partyWords(visit.language);
  return shown(words.acceptanceTitle, <div data-live={`/partijen/${party.key}/aansluitproef/${run.id}/volgen`}><AcceptancePiece run={run} visit={visit} party={party} /></div>, [{ href: '/partijen', text: words.title }, { href: `/partijen/${party.key}`, text: party.name }]);
};

const AcceptancePiece = ({ run, party, visit: { language } }: { readonly run: AcceptanceRun; readonly party: Party; readonly visit: Attended }) => {
  const words = partyWords(language);
  if (run.results === null) return <Notice tone="wait" title={words.acceptanceBusy}><p><a href={`/partijen/${party.key}/aansluitproef/${run.id}`}>{words.refresh}</a></p></Notice>;
  return (
    <>
      <Notice tone={run.passed === true ? 'good' : 'bad'} title={run.passed === true ? words.passed : words.failed}>{run.passed === true ? undefined : <p>{words.failedNext}</p>}</Notice>
      <Card>
        <Facts facts={[[words.askedBy, run.askedBy], [words.entry, <code>{run.entryId}</code>]]} />
        <Table label={words.acceptanceTitle} language={language} rows={run.results} keyOf={({ check }) => check} columns={[
          { head: words.check, isName: true, cell: ({ check }) => words.checks[check] ?? check },
          { head: words.outcome, cell: ({ result }) => <Badge tone={result === 'failed' ? 'bad' : result === 'passed' ? 'good' : 'plain'}>{words.results[result]}</Badge> },
          { head: words.code, cell: ({ code }) => <code>{code}</code> },
        ]} />
      </Card>
    </>
  );
};

const lookMs = 500;
const liveMs = 120_000;

/** Follows a run until it has ended. */
export const followAcceptance = async (visit: Attended): Promise<Answer> => {
  if ((await runOf(visit)) === null) return nothingThere;
  return {
    kind: 'live',
    pieces: async function* (signal) {
      for (let waitedMs = 0; waitedMs < liveMs && !signal.aborted; waitedMs += lookMs) {
        const found = await runOf(visit);
        if (found === null) return;
        if (found.run.results !== null) {
          yield <AcceptancePiece {...found} visit={visit} />;
          return;
        }
        await pause(lookMs);
      }
    },
  };
};

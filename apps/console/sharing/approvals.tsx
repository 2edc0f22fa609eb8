import { approvedDocument, isOwnProposal, isTooLate, proposalProblem, type ChangeProposal } from '@ketensluis/domain';
import { applyRegister, previewRegister } from '@ketensluis/flow';
import { createSharingDesk, deskStore } from '@ketensluis/platform';
import { pageRows } from '../limits.js';
import { goTo, nothingThere, shown, type Answer, type Attended } from '../route.js';
import { Badge, Card, Empty, Moment, Notice, Paging, Table, withQuery } from '../shell/parts.js';
import { ownMunicipality, type OwnMunicipality } from './municipality.js';
import { proposalPage, proposalTones } from './proposal-page.js';
import { reasonFault } from './propose.js';
import { approvalWords } from './words.js';

/** What waits for a second person, and what became of what waited before. */
export const approvalsPage = async (visit: Attended): Promise<Answer> => {
  const own = await ownMunicipality(visit);
  if (own === null) return nothingThere;
  const { desk: { hub }, person, now, language, query } = visit;
  const words = approvalWords(language);
  const [open, ended] = await Promise.all([
    deskStore.openProposals(hub.pool, { party: own.oin, account: person.account, at: now }),
    deskStore.endedProposals(hub.pool, { party: own.oin, after: query.get('na'), most: pageRows + 1, at: now }),
  ]);
  const offered = open.filter(({ state }) => state === 'offered');
  const last = ended.length > pageRows ? ended[pageRows - 1] : undefined;
  const done = query.get('gedaan') === 'ingetrokken' ? words.done.ingetrokken : undefined;
  return shown(words.room, (
    <>
      <p className="lead">{words.lead}</p>
      {done === undefined ? null : <Notice tone="plain" title={done} />}
      {offered.length === 0 ? <Empty title={words.empty}><p>{words.emptyNext}</p></Empty> : <Card title={words.open}><Lines visit={visit} label={words.open} rows={offered} /></Card>}
      <Card title={words.ended}>
        {ended.length === 0 ? <p>{words.endedNone}</p> : <Lines visit={visit} label={words.ended} rows={ended.slice(0, pageRows)} />}
        <Paging previous={query.has('na') ? '/ter-goedkeuring' : null} next={last === undefined ? null : withQuery('/ter-goedkeuring', query, { na: last.id })} language={language} />
      </Card>
    </>
  ));
};

const Lines = ({ visit, label, rows }: { readonly visit: Attended; readonly label: string; readonly rows: readonly deskStore.ProposalLine[] }) => {
  const words = approvalWords(visit.language);
  return (
    <Table label={label} language={visit.language} rows={rows} keyOf={({ id }) => id} columns={[
      { head: words.what, isName: true, cell: ({ id, kind, key }) => <a href={`/ter-goedkeuring/${id}`}>{words.kinds[kind]} <span className="soft small">({key})</span></a> },
      { head: words.reason, cell: ({ reason }) => reason }, { head: words.who, cell: (row) => (isOwnProposal(row, visit.person.account) ? words.you : row.proposedName) },
      { head: words.when, cell: ({ proposedAt }) => <Moment at={proposedAt} visit={visit} /> },
      { head: words.state, cell: ({ state }) => <Badge tone={proposalTones[state]}>{words.states[state]}</Badge> },
    ]} />
  );
};

interface Found {
  readonly own: OwnMunicipality;
  readonly proposal: ChangeProposal;
}

// Of another party it is not there; neither is a draft of a colleague, who may still change his mind.
const findOwn = async (visit: Attended): Promise<Found | null> => {
  const own = await ownMunicipality(visit);
  const proposal = own === null ? null : await deskStore.findProposal(visit.desk.hub.pool, visit.path['id'] ?? '', { party: own.oin, at: visit.now });
  if (own === null || proposal === null || (proposal.state === 'draft' && !isOwnProposal(proposal, visit.person.account))) return null;
  return { own, proposal };
};

const withOwn = (answer: (visit: Attended, found: Found) => Promise<Answer>) => async (visit: Attended): Promise<Answer> => {
  const found = await findOwn(visit);
  return found === null ? nothingThere : answer(visit, found);
};

const claimOf = ({ person, now }: Attended, { proposal, own }: Found) => ({ id: proposal.id, party: own.oin, by: person.account, name: person.name, at: now });

// Somebody was first, or it ended: this person hears so, with how it stands now.
const tooLate = async (visit: Attended): Promise<Answer> => {
  const now = await findOwn(visit);
  if (now === null) return nothingThere;
  return proposalPage(visit, now.own, now.proposal, { problem: proposalProblem(now.proposal, visit.person.account, visit.now) ?? 'decided', status: 409 });
};

/** One proposal. */
export const showProposal = withOwn((visit, { own, proposal }) => proposalPage(visit, own, proposal, visit.query.get('gedaan') === 'ingehaald' ? { problem: 'overtaken' } : {}));

/** Offers what was tried to the second person. */
export const offerProposal = withOwn(async (visit, found) => {
  const sharing = await createSharingDesk(visit.desk.hub, visit.desk.configuration);
  const outcome = await sharing.offer(claimOf(visit, found));
  if (outcome === 'offered') return goTo(`/ter-goedkeuring/${found.proposal.id}?gedaan=aangeboden`);
  return proposalPage(visit, found.own, found.proposal, { problem: outcome === 'gone' ? 'gone' : 'otherWaits', status: 409 });
});

/**
 * The second person approves: the change and the approval hold together, or neither does. It goes the way of `ketensluis setting apply`, so that what was
 * held is decided anew (I9). A proposal on a version that is no longer current is closed: its trial and its difference are of something else.
 */
export const approveProposal = withOwn(async (visit, found) => {
  const { proposal } = found;
  const { person, now, desk } = visit;
  if (proposalProblem(proposal, person.account, now) !== null) return tooLate(visit);
  if (isTooLate(proposal, now)) return proposalPage(visit, found.own, proposal, { problem: 'late', status: 409 });
  const sharing = await createSharingDesk(desk.hub, desk.configuration);
  const ports = { clock: sharing.clock, ids: sharing.ids, register: sharing.approving(claimOf(visit, found)) };
  const preview = await previewRegister([approvedDocument(proposal, person.account, now)], ports.register);
  const [step] = preview.kind === 'steps' ? preview.steps : [];
  if (step === undefined || step.version !== proposal.baseVersion + 1) {
    await sharing.overtake({ id: proposal.id, party: proposal.party, at: now });
    return goTo(`/ter-goedkeuring/${proposal.id}?gedaan=ingehaald`);
  }
  try {
    await applyRegister([{ ...step, reason: proposal.reason }], `${proposal.proposedBy}, ${person.account}`, ports);
  } catch (fault) {
    if (fault instanceof deskStore.ProposalTaken) return tooLate(visit);
    throw fault;
  }
  desk.hub.events.tell('register.approved', { state: proposal.kind });
  return goTo(`/ter-goedkeuring/${proposal.id}?gedaan=goedgekeurd`);
});

/** The second person refuses, with a reason that the first one reads. */
export const refuseProposal = withOwn(async (visit, found) => {
  const { own, proposal } = found;
  if (proposalProblem(proposal, visit.person.account, visit.now) !== null) return tooLate(visit);
  const reason = (visit.form.get('reden') ?? '').trim();
  const fault = reasonFault(reason, approvalWords(visit.language).problems);
  if (fault !== null) return proposalPage(visit, own, proposal, { faults: { reden: fault }, reason });
  const sharing = await createSharingDesk(visit.desk.hub, visit.desk.configuration);
  return (await sharing.end({ ...claimOf(visit, found), state: 'refused', reason })) ? goTo(`/ter-goedkeuring/${proposal.id}?gedaan=geweigerd`) : tooLate(visit);
});

/** Who proposed it takes it back; a trial that was never offered is thrown away. */
export const withdrawProposal = withOwn(async (visit, found) => {
  const sharing = await createSharingDesk(visit.desk.hub, visit.desk.configuration);
  return (await sharing.end({ ...claimOf(visit, found), state: 'withdrawn', reason: null })) ? goTo('/ter-goedkeuring?gedaan=ingetrokken') : tooLate(visit);
});

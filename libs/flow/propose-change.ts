import {
  approvedDocument, canonicalJson, parseRegisterDocument, proposalLimits, registersOf, trialCounts, trialLimits, trialOf,
  type ChangeProposal, type RegisterRefusal, type Registers, type Trial, type TrialChange,
} from '@ketensluis/domain';
import type { ProposePorts } from './sharing-ports.js';

/** A change that somebody of a municipality wants. */
export interface AskedChange extends Pick<ChangeProposal, 'kind' | 'key' | 'body' | 'reason' | 'checks' | 'proposedBy' | 'proposedName' | 'party'> {
  readonly municipality: string;
  /** When it would hold: now, or the first moment of an agreement that begins later. */
  readonly holdsFrom: Date;
  readonly document: { readonly sha256: string; readonly content: Uint8Array } | null;
}

/** What became of it. */
export type ProposeVerdict = { readonly kind: 'proposed'; readonly id: string } | { readonly kind: 'unchanged' } | { readonly kind: 'not-yours' } | RegisterRefusal;

/** Stands where the second person will: nobody can approve in this name, because an account is never written so. */
const nobodyYet = '(wacht op goedkeuring)';

/**
 * Tries a change on what passed before and keeps it as a draft with the outcome. Nothing is changed: it holds only when a second person approved it. A
 * document of another controller is refused before anything is looked at.
 */
export const proposeChange = async (asked: AskedChange, ports: ProposePorts): Promise<ProposeVerdict> => {
  const { clock, ids, register, registers } = ports;
  const proposedAt = clock.now();
  const document = approvedDocument({ ...asked, proposedAt }, nobodyYet, proposedAt);
  const read = parseRegisterDocument(document);
  if (read.kind === 'refused') return read;
  const current = await register.find(asked.kind, asked.key);
  if (controllerOf(document) !== asked.municipality || (current !== null && controllerOf(current.body) !== asked.municipality)) return { kind: 'not-yours' };
  if (current !== null && isSame(asked, current.body)) return { kind: 'unchanged' };
  const baseVersion = current?.version ?? 0;
  const now = await registers.current();
  const after = withDocument(now.registers, document, baseVersion + 1);
  const trial = asked.kind === 'mandate' ? untried(proposedAt) : await tryOn(asked, { pack: now.pack, before: now.registers, after, at: asked.holdsFrom > proposedAt ? asked.holdsFrom : proposedAt }, ports);
  const id = ids.next(proposedAt);
  const kept = asked.document === null ? null : { ...asked.document, id: ids.next(proposedAt), party: asked.party, uploadedBy: asked.proposedBy, uploadedAt: proposedAt };
  const { party, kind, key, body, reason, checks, proposedBy, proposedName } = asked;
  await ports.proposals.save({
    proposal: { id, party, kind, key, body, reason, checks, proposedBy, proposedName, proposedAt, baseVersion, trial, documentId: kept?.id ?? null, expiresAt: new Date(proposedAt.getTime() + proposalLimits.draftMs) },
    document: kept,
  });
  return { kind: 'proposed', id };
};

const controllerOf = (document: unknown): unknown => {
  if (typeof document !== 'object' || document === null) return null;
  if ('controller' in document) return document.controller;
  return 'municipality' in document ? document.municipality : null;
};

// Of a setting only what it says counts: who approved it, and why, is another every time.
const isSame = ({ kind, body }: Pick<AskedChange, 'kind' | 'body'>, current: unknown): boolean => {
  const said = (document: unknown): unknown => (kind === 'setting' && typeof document === 'object' && document !== null && 'rules' in document ? document.rules : document);
  return canonicalJson(said(body)) === canonicalJson(said(current));
};

const withDocument = (registers: Registers, document: unknown, version: number): Registers => {
  const changed = registersOf([{ version, body: document }]);
  const merged = <T extends { readonly key: string }>(all: readonly T[], fresh: readonly T[]): readonly T[] => [...all.filter(({ key }) => !fresh.some((one) => one.key === key)), ...fresh];
  return { ...registers, settings: merged(registers.settings, changed.settings), agreements: merged(registers.agreements, changed.agreements) };
};

const dayMs = 86_400_000;

/** By the moment a message came in it is judged whether there was a mandate (Wth art. 3(1)), so what came in before says nothing of a change. */
const untried = (at: Date): Trial => ({ since: at.toISOString(), at: at.toISOString(), messages: 0, isBounded: false, counts: [], changes: [] });

const tryOn = async ({ municipality }: AskedChange, ground: Parameters<typeof trialOf>[1], { clock, traffic }: ProposePorts): Promise<Trial> => {
  const now = clock.now();
  const since = new Date(now.getTime() - trialLimits.days * dayMs);
  const changes: TrialChange[] = [];
  let messages = 0;
  for await (const past of traffic.past(municipality, since, trialLimits.messagesMax)) {
    messages += 1;
    changes.push(...trialOf(past, ground));
  }
  return {
    since: since.toISOString(), at: now.toISOString(), messages, isBounded: messages === trialLimits.messagesMax,
    counts: trialCounts(changes), changes: changes.slice(0, trialLimits.rowsMax),
  };
};

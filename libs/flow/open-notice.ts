import { rereadDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { municipalityOf, type Registers } from '@ketensluis/domain';
import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';
import type { FetchStore } from './fetch-ports.js';
import type { NoticeStore, StoredCase, StoredNotice } from './notice-ports.js';
import type { OutgoingAttachment } from './party-adapter.js';
import type { RegisterReader } from './ports.js';

/** A disclosure as its recipient reads it; the document is absent where the party does not have it (yet). */
export interface ToldMessage extends Omit<StoredNotice, 'disclosure'> {
  readonly document: DisclosureDocument | null;
}

/** A case as one party may read it. */
export interface OpenedNotice extends Omit<StoredCase, 'notices'> {
  readonly told: readonly ToldMessage[];
}

/** Who opens what. */
export interface AskedNotice {
  readonly party: string;
  readonly account: string;
  readonly caseId: string;
}

export interface NoticePorts extends Pick<AuditPorts, 'clock' | 'ids' | 'trace' | 'audit'> {
  readonly notices: NoticeStore;
  readonly registers: RegisterReader;
}

/**
 * Opens a case for a worker of a party that was told of it: what was disclosed to that party, held against the log, and what it sent itself. The look is recorded
 * before anything is shown, also when there is nothing. Null: this party was told nothing of such a case, and no word on whether there is one.
 */
export const openNotice = async (asked: AskedNotice, ports: NoticePorts): Promise<OpenedNotice | null> => {
  const found = await ports.notices.open(asked.party, asked.caseId, ports.clock.now());
  const asker = await askerOf(asked, found, ports);
  const had = found === null ? [] : found.notices.filter(({ disclosure }) => disclosure !== null);
  return ports.audit.consult(consultation('open', asker, ports), async () => ({
    value: found === null ? null : { ...found, told: found.notices.map(readNotice) },
    question: { notice: asked.caseId, party: asked.party },
    objects: had.map(({ entryId }) => entryId),
  }));
};

/** Hands out one file of a disclosure the party has; the look is recorded. `place` counts from 0. */
export const openNoticeFile = async (asked: AskedNotice & { readonly mid: string; readonly place: number }, ports: NoticePorts & { readonly fetches: Pick<FetchStore, 'find'> }): Promise<OutgoingAttachment | null> => {
  const found = await ports.notices.open(asked.party, asked.caseId, ports.clock.now());
  const notice = found?.notices.find(({ mid, state }) => mid === asked.mid && state === 'had') ?? null;
  const opened = notice === null ? null : await ports.fetches.find(notice.mid, asked.party, ports.clock.now());
  const file = opened?.kind === 'found' ? opened.fetchable.disclosure.attachments[asked.place] ?? null : null;
  return ports.audit.consult(consultation('open', await askerOf(asked, found, ports), ports), async () => ({
    value: file, question: { notice: asked.caseId, party: asked.party, file: asked.place }, objects: notice === null ? [] : [notice.entryId],
  }));
};

// The controller of the case sees who looked: the municipality, as in the entry of the disclosure itself.
const askerOf = async ({ account }: AskedNotice, found: StoredCase | null, { registers }: NoticePorts): Promise<Asker> =>
  ({ account, function: 'case-worker', purpose: 'zaakbehandeling', controller: found === null ? null : controllerOf((await registers.current()).registers, found.municipality) });

const controllerOf = (registers: Registers, municipality: string): string | null => municipalityOf(registers, municipality)?.oin ?? null;

const readNotice = ({ disclosure, ...notice }: StoredNotice): ToldMessage => ({ ...notice, document: disclosure === null ? null : rereadDisclosure(disclosure.twin) });

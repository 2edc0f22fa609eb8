import { municipalityOf } from '@ketensluis/domain';
import type { Asker, AuditPorts } from './audit-ports.js';
import { consultation } from './consultation.js';
import type { RegisterReader } from './ports.js';
import type { DraftRuling, RulingStore, StoredRuling } from './ruling-ports.js';

/** Which message of which court, and for whom. */
export interface AskedRuling {
  readonly party: string;
  readonly account: string;
  readonly id: string;
}

export interface RulingPorts extends Pick<AuditPorts, 'clock' | 'ids' | 'trace' | 'audit'> {
  readonly rulings: RulingStore;
  readonly registers: RegisterReader;
}

/**
 * Opens what a court sent, for somebody of its registry: what it says and what became of it. The look is recorded before anything is shown, also when there is
 * nothing. Null: this court sent no such message.
 */
export const openRuling = async (asked: AskedRuling, ports: RulingPorts): Promise<StoredRuling | null> => {
  const found = await ports.rulings.find(asked.party, asked.id);
  return record(asked, { found, file: null }, ports);
};

/** Hands out one file of it; the look is recorded. */
export const openRulingFile = async (asked: AskedRuling & { readonly place: number }, ports: RulingPorts): Promise<Uint8Array | null> => {
  const found = await ports.rulings.find(asked.party, asked.id);
  const content = found === null ? null : await ports.rulings.file(asked.party, asked.id, asked.place);
  await record(asked, { found, file: asked.place }, ports);
  return content;
};

/** Says in the access log who sends a drawn-up ruling, before it goes. */
export const recordSending = async ({ party, account }: Pick<AskedRuling, 'party' | 'account'>, { message }: DraftRuling, ports: RulingPorts): Promise<void> => {
  const asker = await askerOf(account, message.case.municipality, ports);
  await ports.audit.consult(consultation('open', asker, ports), async () => ({ value: null, question: { ruling: message.id, party, sends: true }, objects: [] }));
};

const record = async ({ party, account, id }: AskedRuling, { found, file }: { readonly found: StoredRuling | null; readonly file: number | null }, ports: RulingPorts): Promise<StoredRuling | null> => {
  const asker = await askerOf(account, found?.message.municipality ?? null, ports);
  return ports.audit.consult(consultation('open', asker, ports), async () => ({
    value: found, question: { ruling: id, party, ...(file === null ? {} : { file }) }, objects: found === null ? [] : [...new Set(found.decisions.map(({ entryId }) => entryId))],
  }));
};

// The controller of the case sees who looked: the municipality, as in the entries of the decisions themselves.
const askerOf = async (account: string, municipality: string | null, { registers }: RulingPorts): Promise<Asker> =>
  ({ account, function: 'court-clerk', purpose: 'zaakbehandeling', controller: municipality === null ? null : municipalityOf((await registers.current()).registers, municipality)?.oin ?? null });

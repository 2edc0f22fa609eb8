import { newReaderSchema, partyOf, type NewReader, type Reader } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { Clock, Ids, RegisterReader } from './ports.js';
import type { ReaderStore } from './reader-ports.js';

export interface ReaderPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly readers: ReaderStore;
}

/** `added`: with the token, which is shown to nobody else and never again. */
export type AddedReader =
  | { readonly kind: 'added'; readonly reader: Reader; readonly token: string }
  | { readonly kind: 'refused'; readonly detail: string };

/** Adds a reader, with a policy entry in the log. Refuses an OIN that is no connected party, and a controller that is no municipality. */
export const addReader = async (wanted: NewReader, by: string, ports: ReaderPorts): Promise<AddedReader> => {
  const parsed = newReaderSchema.safeParse(wanted);
  if (!parsed.success) return { kind: 'refused', detail: parsed.error.issues.map(({ message }) => message).join('; ') };
  const { registers } = await ports.registers.current();
  const party = wanted.oin === null ? null : partyOf(registers, wanted.oin);
  if (wanted.oin !== null && party === null) return { kind: 'refused', detail: 'no party in the register has this OIN' };
  if (wanted.role === 'controller' && party?.municipality == null) return { kind: 'refused', detail: 'a controller is a municipality' };
  const at = ports.clock.now();
  const reader: Reader = { ...parsed.data, id: ports.ids.next(at), revokedAt: null };
  const token = await ports.readers.add(reader, by, policyEntry(reader.id, 'reader.new', { at, by, ids: ports.ids, detail: { reader: parsed.data } }));
  return { kind: 'added', reader, token };
};

/** Ends the access of a reader at once, with a policy entry in the log; false when there is no such reader or it was revoked before. */
export const revokeReader = (id: string, by: string, ports: Pick<ReaderPorts, 'clock' | 'ids' | 'readers'>): Promise<boolean> => {
  const at = ports.clock.now();
  return ports.readers.revoke(id, by, policyEntry(id, 'reader.revoked', { at, by, ids: ports.ids, detail: {} }));
};

const policyEntry = (
  id: string, code: 'reader.new' | 'reader.revoked',
  { at, by, ids, detail }: { readonly at: Date; readonly by: string; readonly ids: Ids; readonly detail: EntryDraft['detail'] },
): EntryDraft => plainEntry({ id: ids.next(at), kind: 'policy', at: at.toISOString(), code, schema: `reader/${id}` }, { by, ...detail });

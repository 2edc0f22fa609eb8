import { newClientSchema, partyOf, type Client, type NewClient } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { ClientStore } from './client-ports.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

export interface ClientPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly clients: ClientStore;
}

/** Adds a client of a connected party, with a policy entry in the log; its id is what it calls itself. */
export const addClient = async (
  wanted: NewClient, by: string, ports: ClientPorts,
): Promise<{ readonly kind: 'added'; readonly client: Client } | { readonly kind: 'refused'; readonly detail: string }> => {
  const parsed = newClientSchema.safeParse(wanted);
  if (!parsed.success) return { kind: 'refused', detail: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') };
  const { registers } = await ports.registers.current();
  if (partyOf(registers, wanted.oin) === null) return { kind: 'refused', detail: 'no party in the register has this OIN' };
  const at = ports.clock.now();
  const client: Client = { ...parsed.data, id: ports.ids.next(at), addedAt: at, revokedAt: null };
  await ports.clients.add(client, by, policyEntry(client.id, 'client.new', { at, by, ids: ports.ids, detail: { client: parsed.data } }));
  return { kind: 'added', client };
};

/** Ends a client at once, its access tokens with it, with a policy entry in the log; false when there is no such client or it was revoked before. */
export const revokeClient = (id: string, by: string, ports: Pick<ClientPorts, 'clock' | 'ids' | 'clients'>): Promise<boolean> => {
  const at = ports.clock.now();
  return ports.clients.revoke(id, by, policyEntry(id, 'client.revoked', { at, by, ids: ports.ids, detail: {} }));
};

const policyEntry = (
  id: string, code: 'client.new' | 'client.revoked',
  { at, by, ids, detail }: { readonly at: Date; readonly by: string; readonly ids: Ids; readonly detail: EntryDraft['detail'] },
): EntryDraft => plainEntry({ id: ids.next(at), kind: 'policy', at: at.toISOString(), code, schema: `client/${id}` }, { by, ...detail });

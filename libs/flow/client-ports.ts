import type { Client } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';

/** Programs of the parties that ask for access tokens, and what they used to prove themselves. */
export interface ClientStore {
  /** The client with this id, revoked or not; null when there is none. */
  readonly find: (id: string) => Promise<Client | null>;
  readonly list: () => Promise<readonly Client[]>;
  /** One transaction: client and policy entry. */
  readonly add: (client: Client, by: string, entry: EntryDraft) => Promise<void>;
  /** One transaction; false, and nothing is written, when there is no such client or it was revoked before. */
  readonly revoke: (id: string, by: string, entry: EntryDraft) => Promise<boolean>;
  /** True the first time this client uses this name of an assertion, false ever after until it has expired (RFC 7523 §3). */
  readonly takeAssertion: (assertion: { readonly clientId: string; readonly jti: string; readonly expiresAt: Date }, at: Date) => Promise<boolean>;
}

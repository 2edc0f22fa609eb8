import { readMessage, type DocumentMediaType, type ReadRefusal } from '@ketensluis/contract';
import type { MessageBody, Party } from '@ketensluis/domain';

/** A file that came with a document, with the hash of what it holds (hexadecimal). */
export interface BroughtFile {
  readonly name: string | null;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** What came in by whatever way: one document, and the files beside it. */
export interface Brought {
  readonly document: Uint8Array;
  readonly mediaType: DocumentMediaType;
  readonly files: readonly BroughtFile[];
}

/** Who brought it. `address` is the one that signed; null where the party itself is proven and none of its posts, as over HTTP. */
export interface ProvenSender {
  readonly party: Party;
  readonly address: string | null;
}

/** A message that may be kept, with its files in the order in which it names them; or why not. */
export type Understood =
  | { readonly kind: 'read'; readonly message: MessageBody; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string; readonly problems?: ReadRefusal['problems'] };

/**
 * The same for all ways in: the document follows the contract, names the sender that is proven, in a tenant, role and function that are its own, and comes
 * with exactly the files it names. Nothing is kept of anything else (I10).
 */
export const understand = (brought: Brought, { party, address }: ProvenSender): Understood => {
  const read = readMessage(brought.document, brought.mediaType);
  if (read.kind === 'refused') return { kind: 'refused', code: read.code, detail: read.detail, problems: read.problems };
  const { message } = read;
  if (message.sender.oin !== party.oin) return no('wrong-sender', 'the document names another organisation than the signature proves');
  // Before anything is kept: a party from elsewhere opens no case here and adds to none (I10).
  if (!party.serves.includes(message.case.municipality)) return no('other-tenant', 'the party does not work for the municipality of the case');
  if (!party.roles.includes(message.sender.role)) return no('wrong-role', 'the party does not hold the role the document names');
  if (!speaksFor(party, address, message.sender)) return no('wrong-function', 'the address that signed is not that of the function the document names');
  return withFiles(message, brought.files);
};

// A mandate is given to a function (Wth art. 3(1)): whoever claims one must sign from an address of it.
const speaksFor = (party: Party, address: string | null, sender: MessageBody['sender']): boolean => {
  const post = address === null ? undefined : party.functions.find(({ addresses }) => addresses.includes(address.toLowerCase()));
  if (post !== undefined) return sender.function === post.code && sender.role === post.role;
  return party.functions.every(({ code, addresses }) => code !== sender.function || addresses.length === 0);
};

/** Exactly the files the document names, with the hashes it names: nothing unannounced goes along. */
const withFiles = (message: MessageBody, brought: readonly BroughtFile[]): Understood => {
  const files = message.attachments.map((attachment) =>
    brought.find((file) => file.name === attachment.name && file.sha256 === attachment.sha256 && file.content.length === attachment.sizeBytes),
  );
  if (files.length !== brought.length || new Set(files).size !== files.length || files.includes(undefined)) {
    return no('attachments-differ', 'the attachments are not exactly those the document names');
  }
  return { kind: 'read', message, files: files.flatMap((file) => (file === undefined ? [] : [file.content])) };
};

const no = (code: string, detail: string): Understood => ({ kind: 'refused', code, detail });

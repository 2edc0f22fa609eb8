import { listingOf, writeListing } from '@ketensluis/contract';
import type { DeliveryOutcome, LaterProof, NewFeedItem, OutgoingDisclosure, PartyAdapter } from '@ketensluis/flow';

/** What a feed is made with. */
export interface FeedAdapterOptions {
  readonly party: string;
  /** Resolves when the item is durable in its place; what the party was not shown yet is not listed twice. */
  readonly list: (item: NewFeedItem, at: Date) => Promise<void>;
}

const announced: DeliveryOutcome = { kind: 'announced', receipt: null };
/** Nobody is called: there is no host and no line. */
const closed = (startedAt: Date): DeliveryOutcome => ({
  kind: 'deferred', cause: 'adapter-closed', code: null, text: 'the adapter is closed',
  evidence: { host: 'feed', port: 0, remoteAddress: null, tls: null, reply: null, startedAt, durationMs: 0 },
});
const notRead: DeliveryOutcome = { kind: 'unusable', code: 'not-as-logged', detail: 'the document cannot be read', evidence: null };

/**
 * Lists disclosures where their party reads them (RFC 4287). Nobody is called: a try ends with `announced` once the codes stand in the feed, and the content stays
 * here until the party fetches it with its own credentials, which is the delivery. A repeat stands under the same id.
 */
export const feedAdapter = ({ party, list }: FeedAdapterOptions): PartyAdapter => {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  const bring = async (item: NewFeedItem, at: Date): Promise<DeliveryOutcome> => {
    const one = list(item, at);
    underWay.add(one);
    try {
      await one;
      return announced;
    } finally {
      underWay.delete(one);
    }
  };
  return {
    deliver: async ({ id: mid, caseId, content }: OutgoingDisclosure, at) => {
      if (isClosed) return closed(at);
      return content === undefined ? notRead : bring({ party, kind: 'entry', mid, caseId, listing: writeListing(listingOf(content)) }, at);
    },
    prove: async ({ id: mid, caseId }: LaterProof, at) => (isClosed ? closed(at) : bring({ party, kind: 'proof', mid, caseId, listing: null }, at)),
    close: async () => {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
};

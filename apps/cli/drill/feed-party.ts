import { setTimeout as pause } from 'node:timers/promises';
import { askHub } from '../../practice/ask.js';
import { readFeedDocument, type ReadEntry } from '../../practice/receiver/feed-document.js';
import { fetchReference } from '../../practice/receiver/fetched.js';
import { judgeDisclosure } from '../../practice/receiver/judge.js';
import type { Arrival, Listener, PartyPlace } from './arrivals.js';

/** Far oftener than a party should: a drill is short. */
const lookMs = 1_000;
const idPrefix = 'urn:uuid:';
/** The proof that was owed of a disclosure stands under an id of its own, and brings nothing new. */
const proofKind = 'bewijs';

/**
 * A party that reads its feed by itself, as libs/adapters/feed tells it to: from the newest document back along `prev-archive` to what it knows, and then each
 * disclosure it did not know, oldest first, with its own certificate. What it did not get is unknown still, so the next look finds it again.
 */
export const openFeedParty = ({ key, oin, client, ca, log }: PartyPlace, address: string): Listener => {
  const [arrivals, known] = [new Array<Arrival>(), new Set<string>()];
  let [unproven, isOpen, isThere, seen] = [0, true, true, ''];
  const unread = async (): Promise<{ readonly entries: readonly ReadEntry[]; readonly name: string } | null> => {
    const found: ReadEntry[] = [];
    let name = '';
    for (let next: string | undefined = address; next !== undefined; ) {
      const { status, headers, body } = await askHub({ url: next, ca, client, headers: next === address && seen !== '' ? { 'if-none-match': seen } : {}, body: null });
      if (status !== 200) return null;
      if (next === address) name = String(headers['etag'] ?? '');
      const { entries, links } = readFeedDocument(body.toString('utf8'));
      const fresh = entries.filter(({ id }) => !known.has(id));
      found.push(...fresh);
      next = fresh.length === entries.length ? links['prev-archive'] : undefined;
    }
    return { name, entries: found.reverse() };
  };
  const look = async (): Promise<void> => {
    const news = await unread();
    if (news === null) return;
    for (const { id, links, terms } of news.entries) {
      if (known.has(id)) continue;
      if (terms['soort'] !== proofKind) {
        const disclosure = id.slice(idPrefix.length);
        const got = await fetchReference(links['alternate'] ?? '', client, ca);
        if (typeof got === 'number') return;
        if (judgeDisclosure(disclosure, got, { oin, verifiers: [], log }).holds) arrivals.push({ party: key, way: 'feed', disclosure, at: new Date() });
        else unproven += 1;
      }
      known.add(id);
    }
    // Only now: a document that was not read to its end must come again.
    seen = news.name;
  };
  const reading = (async () => {
    for (; isOpen; await pause(lookMs)) if (isThere) await look().catch(() => undefined);
  })();
  return {
    key, arrivals: () => [...arrivals], unproven: () => unproven,
    leave: () => {
      isThere = false;
    },
    come: () => {
      isThere = true;
    },
    close: async () => {
      isOpen = false;
      await reading;
    },
  };
};

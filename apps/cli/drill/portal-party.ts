import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fetchReference } from '../../practice/receiver/fetched.js';
import { judgeDisclosure } from '../../practice/receiver/judge.js';
import type { Arrival, Listener, PartyPlace } from './arrivals.js';

const lookMs = 1_000;
/** A word is kept under its Message-ID, which begins with the id of the disclosure; the word that its proof is complete has more behind it and brings nothing new. */
const named = /-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_/;

/**
 * A party of the portal: it hears by mail, in `people` of its folder, that something waits, and opens it. It opens by the fetch that the console makes as well
 * (libs/flow/fetch-disclosure.ts), with the certificate of the party instead of a person who signed in.
 */
export const openPortalParty = ({ key, oin, client, ca, log }: PartyPlace, folder: string, fetchAddress: string): Listener => {
  const [arrivals, opened] = [new Array<Arrival>(), new Set<string>()];
  let [unproven, isOpen, isThere] = [0, true, true];
  const look = async (): Promise<void> => {
    const words = (await readdir(join(folder, 'people'))).filter((name) => name.endsWith('.eml')).sort();
    for (const word of words) {
      const disclosure = named.exec(word)?.[1];
      if (disclosure === undefined || opened.has(disclosure)) continue;
      const got = await fetchReference(`${fetchAddress}/${disclosure}`, client, ca);
      // The word comes again for what nobody opened, and so does this look.
      if (typeof got === 'number') return;
      opened.add(disclosure);
      if (judgeDisclosure(disclosure, got, { oin, verifiers: [], log }).holds) arrivals.push({ party: key, way: 'portal', disclosure, at: new Date() });
      else unproven += 1;
    }
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

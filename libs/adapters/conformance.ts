import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter } from '@ketensluis/flow';

/** What the party at the other end of a channel is told to do. */
export type PeerBehaviour =
  /** Takes what comes. */
  | 'take'
  /** Says: not now. */
  | 'later'
  /** Says: never. */
  | 'refuse'
  /** Takes everything and breaks the connection instead of answering. */
  | 'lose-answer'
  /** Breaks the connection before the content is complete. */
  | 'lose-content'
  /** Goes on for ever without getting anywhere. */
  | 'stall'
  /** Is not there. */
  | 'gone'
  /** Offers a channel below the floor (I12). */
  | 'unsafe';

/** One adapter with a real party at the other end, for one test. */
export interface ChannelUnderTest {
  /** With limits so small that a stalled try ends within `boundMs`. */
  readonly adapter: PartyAdapter;
  readonly boundMs: number;
  readonly behave: (behaviour: PeerBehaviour) => Promise<void>;
  /** The id of every disclosure that arrived completely, in order. */
  readonly received: () => readonly string[];
  /** What the recipient found as proof of each of them, in the same order. */
  readonly proofs: () => readonly OutgoingDisclosure['proof'][];
  /** Every byte that could be read on the way. */
  readonly clear: () => string;
  /** Connections the party still has open. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

const at = new Date('2026-03-02T09:00:00Z');
const secretWord = 'geheimwoord';

/** More than what lies between two processes, so that a connection can break before the last byte left. */
const bulk = Buffer.alloc(16 * 1024 * 1024);

const proof = (version: string): OutgoingDisclosure['proof'] => ({
  leaf: Buffer.from(`{"leaf":"${version}"}`), opening: Buffer.from(`{"opening":"${secretWord}"}`), proof: Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${version}\n\nhoofd\n`),
});

function disclosure(id: string, attachment = Buffer.from(`%PDF ${secretWord}`)): OutgoingDisclosure {
  return {
    id,
    caseId: 'b51a4f6e-0000-4000-8000-000000000001',
    number: 1,
    messageType: 'huisverbod.opgelegd',
    document: Buffer.from(`<verstrekking><inhoud>${secretWord}</inhoud></verstrekking>`),
    mediaType: 'application/xml',
    attachments: [{ name: 'besluit.pdf', contentType: 'application/pdf', content: attachment, sha256: '' }],
    proof: proof('1'),
  };
}

const evidenceOf = (outcome: DeliveryOutcome) => (outcome.kind === 'delivered' || outcome.kind === 'announced' ? outcome.receipt?.evidence : outcome.evidence);

/**
 * The promises of `PartyAdapter`, to be run by every adapter against a real peer. `taken`: what a yes of that peer means; where a channel only announces, its
 * word is short and brings no proof, which goes with the fetch.
 */
export function partyAdapterConformance(name: string, openChannel: () => Promise<ChannelUnderTest>, taken: 'delivered' | 'announced' = 'delivered'): void {
  describe(`${name} keeps the promises of a party adapter`, () => {
    let channel: ChannelUnderTest;
    beforeEach(async () => {
      channel = await openChannel();
    });
    afterEach(async () => {
      await channel.adapter.close();
      await channel.close();
    });
    const deliver = (id = 'd-1') => channel.adapter.deliver(disclosure(id), at);

    const isWhole = taken === 'delivered';

    test('delivers once, with proof of the encrypted line', async () => {
      await channel.behave('take');
      const outcome = await deliver();
      expect(outcome.kind).toBe(taken);
      expect(evidenceOf(outcome)).toMatchObject({ startedAt: at, tls: { version: expect.stringMatching(/^TLSv1\.[23]$/), peerCertificateSha256: expect.stringMatching(/^[0-9a-f]{64}$/) } });
      expect(channel.received()).toEqual(['d-1']);
    });

    const endings: readonly (readonly [PeerBehaviour, DeliveryOutcome['kind']])[] = [
      ['later', 'deferred'],
      ['gone', 'deferred'],
      ['refuse', 'rejected'],
      ['lose-answer', 'unknown'],
      ['unsafe', 'unusable'],
    ];
    test.each(endings)('a party that answers with %s gives %s', async (behaviour, kind) => {
      await channel.behave(behaviour);
      expect((await deliver()).kind).toBe(kind);
      await channel.behave('take');
      expect((await deliver('d-2')).kind).toBe(taken);
    });

    test('a connection that breaks before everything was sent gives deferred: nothing can have been taken over', async () => {
      await channel.behave('lose-content');
      // A short word has left as a whole before anybody can break it off.
      expect(await channel.adapter.deliver(disclosure('d-1', bulk), at)).toMatchObject({ kind: isWhole ? 'deferred' : 'unknown', cause: 'connection-lost' });
      expect(channel.received()).toEqual([]);
    });

    test('a repeat after an unknown end carries the same id', async () => {
      await channel.behave('lose-answer');
      await deliver('d-7');
      await channel.behave('take');
      await deliver('d-7');
      expect(channel.received()).toEqual(['d-7', 'd-7']);
    });

    if (isWhole) test('the party finds the proof of the disclosure byte for byte, of a repeat the newer one', async () => {
      await channel.behave('take');
      await deliver('d-1');
      await channel.adapter.deliver({ ...disclosure('d-1'), proof: proof('2') }, at);
      expect(channel.proofs()).toEqual([proof('1'), proof('2')]);
    });

    test('the proof that was owed arrives by itself, under an id of its own', async () => {
      await channel.behave('take');
      expect((await channel.adapter.prove({ id: 'd-1', caseId: disclosure('d-1').caseId, number: 1, proof: proof('3') }, at)).kind).toBe(taken);
      expect(channel.proofs()).toEqual(isWhole ? [proof('3')] : []);
      expect(channel.received()).not.toContain('d-1');
    });

    test('a party that stalls holds a try no longer than its bound', async () => {
      await channel.behave('stall');
      const begun = performance.now();
      const outcome = await deliver();
      expect(performance.now() - begun).toBeLessThan(channel.boundMs);
      expect(['deferred', 'unknown']).toContain(outcome.kind);
    });

    test.each<PeerBehaviour>(['take', 'later', 'refuse', 'lose-answer', 'unsafe'])('nothing goes in clear when the party answers with %s', async (behaviour) => {
      await channel.behave(behaviour);
      await deliver();
      expect(channel.clear()).not.toContain(secretWord);
      expect(channel.clear()).not.toContain('9901-12');
      expect(channel.clear()).not.toContain(Buffer.from(secretWord).toString('base64').slice(1, -4));
    });

    test('below the floor the party receives nothing at all', async () => {
      await channel.behave('unsafe');
      expect(await deliver()).toMatchObject({ kind: 'unusable' });
      expect(channel.received()).toEqual([]);
    });

    test('many at once all arrive, each once', async () => {
      await channel.behave('take');
      const ids = Array.from({ length: 12 }, (_none, index) => `d-${index}`);
      const outcomes = await Promise.all(ids.map((id) => deliver(id)));
      expect(outcomes.every((outcome) => outcome.kind === taken)).toBe(true);
      expect([...channel.received()].sort()).toEqual([...ids].sort());
    });

    test('close waits for what is under way, leaves nothing open, and later tries are deferred', async () => {
      await channel.behave('take');
      const underWay = deliver();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await channel.adapter.close();
      expect((await underWay).kind).toBe(taken);
      expect(await deliver('d-2')).toMatchObject({ kind: 'deferred', cause: 'adapter-closed' });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(channel.open()).toBe(0);
    });
  });
}

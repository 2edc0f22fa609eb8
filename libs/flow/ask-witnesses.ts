import { sendingMode, type SendingMode } from '@ketensluis/domain';
import { formatAddCheckpoint, hasQuorum, openCosigned, parseNote, readWitnessAnswer, type LogPolicy, type PolicyWitness, type WitnessVerdict } from '@ketensluis/tlog';
import type { AskedWitnessState, HeadToWitness, WitnessPorts } from './witness-ports.js';

/** A cosigned checkpoint is made at least every minute, also without entries (log.md 5): this leaves room for the round itself. */
export const heartbeatMs = 50_000;

/** How a round ended. `changed` names the witnesses that began or ceased to fail, with what they fail by. */
export type WitnessRound =
  | { readonly kind: 'idle' }
  | { readonly kind: 'cosigned'; readonly size: number; readonly released: number; readonly changed: readonly AskedWitnessState[] }
  | { readonly kind: 'lost'; readonly mode: SendingMode; readonly since: Date; readonly changed: readonly AskedWitnessState[] };

/**
 * Has the signed head cosigned by the witnesses of the policy; with enough of them its entries are released, which is when they may leave (I1).
 * Without, the moment is kept since when; what may leave then is `sendingMode`. A witness is believed for its own signature over our very
 * checkpoint and for nothing else. May be repeated at any time. Throws when the result cannot be kept: then nothing is released.
 */
export const askWitnesses = async (policy: LogPolicy, ports: WitnessPorts): Promise<WitnessRound> => {
  const head = await ports.releases.head(ports.clock.now());
  if (head === null || !isDue(head, ports.clock.now())) return { kind: 'idle' };
  const asked = await askAll(policy, head, ports);
  const signed = asked.filter(({ verdict }) => verdict.kind === 'cosigned');
  const witnesses = asked.map(stateOf(head));
  const changed = witnesses.filter(({ name, problem }) => problem !== (head.witnesses.get(name)?.problem ?? null));
  const at = ports.clock.now();
  const note = Buffer.concat([head.note, ...signed.map(({ verdict }) => Buffer.from(verdict.kind === 'cosigned' ? `${verdict.line}\n` : ''))]);
  // The whole note once more as a stranger would read it: what is kept as proof must be one.
  const opened = openCosigned(note, policy);
  if (opened.kind === 'opened' && opened.hasQuorum && opened.size === head.size) {
    await ports.releases.saveCosigned({ at, size: head.size, note, witnesses });
    return { kind: 'cosigned', size: head.size, released: head.size - head.releasedSize, changed };
  }
  const lost = { quorumLostAt: head.quorumLostAt ?? at, isContradicted: head.isContradicted || asked.some(({ verdict }) => verdict.kind === 'contradicted') };
  const mode = sendingMode(lost, at);
  await ports.releases.saveLost({ at, isContradicted: lost.isContradicted, witnesses, alarm: mode === 'waiting' ? null : alarmOf(lost.quorumLostAt, witnesses) });
  return { kind: 'lost', mode, since: lost.quorumLostAt, changed };
};

const isDue = ({ size, releasedSize, cosignedAt, quorumLostAt, isStalled }: HeadToWitness, at: Date): boolean => {
  if (size > releasedSize || quorumLostAt !== null) return true;
  return !isStalled && (cosignedAt === null || at.getTime() - cosignedAt.getTime() >= heartbeatMs);
};

type Verdict = WitnessVerdict | { readonly kind: 'silent'; readonly cause: string };

interface Asked {
  readonly name: string;
  readonly verdict: Verdict;
}

/** Asks all at once; resolves when those that signed are enough, or when all have been heard. */
const askAll = (policy: LogPolicy, head: HeadToWitness, ports: WitnessPorts): Promise<readonly Asked[]> =>
  new Promise((resolve, reject) => {
    const heard: Asked[] = [];
    const asking = policy.witnesses.filter(({ url }) => url !== null);
    // As the policy names them, not as they answered: the same cosignatures give the same note.
    const inOrder = (): readonly Asked[] => asking.flatMap(({ name }) => heard.filter((one) => one.name === name));
    const isEnough = (): boolean => hasQuorum(policy.quorum, new Set(heard.flatMap(({ name, verdict }) => (verdict.kind === 'cosigned' ? [name] : []))));
    if (asking.length === 0) resolve([]);
    // Most have the same size: the proof from there is made once.
    const proofs = new Map<number, Promise<readonly Uint8Array[]>>();
    const proofFrom = (oldSize: number): Promise<readonly Uint8Array[]> => {
      const proof = proofs.get(oldSize) ?? ports.releases.consistency(oldSize, head.size);
      proofs.set(oldSize, proof);
      return proof;
    };
    for (const one of asking) {
      ask(one, head, { client: ports.client, proofFrom }).then((verdict) => {
        heard.push({ name: one.name, verdict });
        if (heard.length === asking.length || isEnough()) resolve(inOrder());
      }, reject);
    }
  });

interface Asking extends Pick<WitnessPorts, 'client'> {
  readonly proofFrom: (oldSize: number) => Promise<readonly Uint8Array[]>;
}

/** Asks from the size the witness is known to have, and once more from the one it says. */
const ask = async (asked: PolicyWitness, head: HeadToWitness, asking: Asking): Promise<Verdict> => {
  const known = Math.min(head.witnesses.get(asked.name)?.size ?? 0, head.size);
  const first = await askFrom(known, asked, head, asking);
  return first.kind === 'other-size' ? askFrom(first.size, asked, head, asking) : first;
};

const askFrom = async (oldSize: number, { key, url }: PolicyWitness, { size, note }: HeadToWitness, { client, proofFrom }: Asking): Promise<Verdict> => {
  if (url === null) return { kind: 'silent', cause: 'no-connection' };
  const proof = oldSize === size ? [] : await proofFrom(oldSize);
  const heard = await client.add(url, formatAddCheckpoint({ oldSize, proof, checkpoint: note }));
  if (heard.kind === 'silent') return heard;
  const signed = parseNote(note);
  if ('kind' in signed) throw new Error(`the stored checkpoint is no note: ${signed.detail}`);
  return readWitnessAnswer(heard.answer, { key, oldSize, size, text: signed.text });
};

const stateOf = (head: HeadToWitness) => ({ name, verdict }: Asked): AskedWitnessState => {
  const size = head.witnesses.get(name)?.size ?? 0;
  switch (verdict.kind) {
    case 'cosigned': return { name, size: head.size, problem: null };
    case 'silent': return { name, size, problem: verdict.cause };
    case 'other-size': return { name, size: verdict.size, problem: 'tells another size each time' };
    case 'contradicted': case 'refused': return { name, size, problem: verdict.detail };
  }
};

const alarmOf = (since: Date, witnesses: readonly AskedWitnessState[]): string =>
  `no quorum since ${since.toISOString()}: ${witnesses.flatMap(({ name, problem }) => (problem === null ? [] : [`${name} ${problem}`])).join('; ')}`.slice(0, 500);

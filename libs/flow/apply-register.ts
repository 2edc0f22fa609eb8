import { canonicalJson, parseRegisterDocument, type HoldReason, type RegisterDocument, type RegisterRefusal } from '@ketensluis/domain';
import type { Clock, Ids, RegisterChange, RegisterStore } from './ports.js';

export interface RegisterPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly register: RegisterStore;
}

/** One document beside the version it would supersede; `before` is null for a new one. */
export interface RegisterStep {
  readonly document: RegisterDocument;
  readonly version: number;
  readonly before: unknown;
  /** Why it is done, where somebody said so. */
  readonly reason?: string;
}

/** Checks documents and says what applying them would change; documents equal to the current version are left out. Changes nothing. */
export const previewRegister = async (
  values: readonly unknown[],
  register: Pick<RegisterStore, 'find'>,
): Promise<{ readonly kind: 'steps'; readonly steps: readonly RegisterStep[] } | RegisterRefusal> => {
  const steps: RegisterStep[] = [];
  for (const value of values) {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') return read;
    const current = await register.find(read.document.kind, read.document.key);
    if (current !== null && canonicalJson(current.body) === canonicalJson(read.document)) continue;
    steps.push({ document: read.document, version: (current?.version ?? 0) + 1, before: current?.body ?? null });
  }
  return { kind: 'steps', steps };
};

/** Applies previewed steps: new versions and a policy entry each, in one commit; held disclosures are decided anew (I4, I9). */
export const applyRegister = async (steps: readonly RegisterStep[], by: string, ports: RegisterPorts): Promise<void> => {
  const at = ports.clock.now();
  const changes = steps.map(({ document, version, reason }) => changeOf({ kind: document.kind, key: document.key, version, body: document, reason: reason ?? null }, { by, at, ports }));
  if (changes.length > 0) await ports.register.apply(changes);
};

/** Applies a law pack by its text: a new version when the text differs from the current one. True when it did. */
export const applyLawPack = async (law: { readonly key: string; readonly text: string }, by: string, ports: RegisterPorts): Promise<boolean> => {
  const current = await ports.register.find('law', law.key);
  const body = { text: law.text };
  if (current !== null && canonicalJson(current.body) === canonicalJson(body)) return false;
  const at = ports.clock.now();
  await ports.register.apply([changeOf({ kind: 'law', key: law.key, version: (current?.version ?? 0) + 1, body, reason: null }, { by, at, ports })]);
  return true;
};

interface Written {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly body: unknown;
  readonly reason: string | null;
}

const changeOf = (written: Written, { by, at, ports }: { by: string; at: Date; ports: RegisterPorts }): RegisterChange => ({
  ...written,
  appliedAt: at,
  appliedBy: by,
  entryId: ports.ids.next(at),
  releases: releasedBy[written.kind] ?? [],
});

/** Which holds a change of a register may lift; the decision itself is made anew in full. */
const releasedBy: Readonly<Record<string, readonly HoldReason[]>> = {
  agreement: ['no-agreement'],
  setting: ['setting-off'],
  mandate: ['no-mandate'],
  consent: ['consent-missing'],
  party: ['party-inactive'],
};

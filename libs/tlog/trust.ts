import { openCosigned } from './cosignature.js';
import type { CosignedCheckpoint } from './cosignature.js';
import type { CheckpointRefusal } from './checkpoint.js';
import type { VerifierKey } from './note-key.js';
import type { LogPolicy } from './policy.js';

/** Whom to believe about a log: its keys alone, or a policy that also asks for witnesses (C2SP tlog-policy). */
export type LogTrust = readonly VerifierKey[] | LogPolicy;

/** The policy that asks for no witness but the log itself. */
export const policyOf = (trust: LogTrust): LogPolicy =>
  'quorum' in trust ? trust : { logs: trust.map((key) => ({ key, url: null })), witnesses: [], quorum: { kind: 'none' } };

/** Opens a checkpoint and demands what is trusted: a key of the log, and enough witnesses where the policy names any. Never throws. */
export const openTrusted = (note: Uint8Array, trust: LogTrust): CosignedCheckpoint | CheckpointRefusal | { readonly kind: 'refused'; readonly code: 'no-quorum'; readonly detail: string } => {
  const opened = openCosigned(note, policyOf(trust));
  if (opened.kind === 'refused' || opened.hasQuorum) return opened;
  const names = opened.cosignatures.map(({ witness }) => witness);
  return { kind: 'refused', code: 'no-quorum', detail: `too few witnesses signed: ${names.length === 0 ? 'none' : names.join(', ')}` };
};

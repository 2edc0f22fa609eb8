import { readFile } from 'node:fs/promises';
import { hasQuorum, parsePolicy, parseVerifierKey, type LogPolicy } from '@ketensluis/tlog';

/** A witness policy that this hub cannot work with; the message tells what to change. */
export class PolicyNotUsable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PolicyNotUsable';
  }
}

/** Reads a policy file (C2SP tlog-policy). Throws `PolicyNotUsable` with the line that is wrong. */
export const readPolicy = async (path: string): Promise<LogPolicy> => {
  const bytes = await readFile(path).catch(() => {
    throw new PolicyNotUsable(`${path}: cannot be read`);
  });
  const policy = parsePolicy(bytes);
  if ('kind' in policy) throw new PolicyNotUsable(`${path}, line ${policy.line}: ${policy.detail}`);
  return policy;
};

/**
 * The policy as the hub with this log key uses it: null when it asks for no witness, for then the log's own signature suffices. Throws
 * `PolicyNotUsable` when it is about other logs, or when the witnesses the hub can reach are not enough: nothing would ever leave.
 */
export const usablePolicy = (policy: LogPolicy, vkey: string): LogPolicy | null => {
  const own = parseVerifierKey(vkey);
  if ('kind' in own) throw new Error(`bug: ${own.detail}`);
  if (policy.quorum.kind === 'none') return null;
  if (policy.logs.length > 0 && !policy.logs.some(({ key }) => key.vkey === vkey)) {
    throw new PolicyNotUsable(`the witness policy names other logs than this one; its line would be: log ${vkey}`);
  }
  const reached = policy.witnesses.filter(({ url }) => url !== null && isWebAddress(url)).map(({ name }) => name);
  if (!hasQuorum(policy.quorum, new Set(reached))) {
    throw new PolicyNotUsable(`the witnesses with an http or https address (${reached.join(', ')}) are not enough for the quorum of the witness policy`);
  }
  return { ...policy, logs: [{ key: own, url: null }], witnesses: policy.witnesses.filter(({ url }) => url === null || isWebAddress(url)) };
};

const isWebAddress = (text: string): boolean => {
  try {
    return ['http:', 'https:'].includes(new URL(text).protocol);
  } catch {
    return false;
  }
};

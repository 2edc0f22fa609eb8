import type { LogPolicy, Quorum } from './policy.js';

/**
 * A policy as a file for whoever verifies (C2SP tlog-policy): `parsePolicy` reads the same from it, but for the addresses, which only who submits to
 * a witness needs.
 */
export const formatPolicy = ({ logs, witnesses, quorum }: LogPolicy): string => {
  const lines = [
    ...logs.map(({ key }) => `log ${key.vkey}`),
    // Names are octets, one to a character.
    ...witnesses.map(({ name, key }) => `witness ${utf8(name)} ${key.vkey}`),
    ...groupLines(quorum),
    `quorum ${quorum.kind === 'none' ? 'none' : utf8(quorum.name)}`,
  ];
  return `${lines.join('\n')}\n`;
};

/** Members come before the group that names them. */
const groupLines = (quorum: Quorum): readonly string[] => {
  if (quorum.kind !== 'group') return [];
  const names = quorum.members.map((member) => (member.kind === 'none' ? 'none' : utf8(member.name)));
  return [...quorum.members.flatMap(groupLines), `group ${utf8(quorum.name)} ${quorum.threshold} ${names.join(' ')}`];
};

const utf8 = (octets: string): string => Buffer.from(octets, 'latin1').toString('utf8');

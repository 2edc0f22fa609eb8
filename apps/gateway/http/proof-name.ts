import { createHash } from 'node:crypto';
import type { Caller } from './caller.js';

/** What is kept of how a caller proved itself (sha256, hexadecimal): of its certificate or key, or of the name of the reader its token was for. Never of the token. */
export const proofSha256Of = ({ proof }: Caller): string => {
  switch (proof.kind) {
    case 'certificate': case 'token': return proof.sha256;
    case 'reader': return createHash('sha256').update(`reader ${proof.reader.id}`).digest('hex');
  }
};

/** By what means it did. */
export const proofWayOf = ({ proof }: Caller): 'certificate' | 'token' => (proof.kind === 'certificate' ? 'certificate' : 'token');

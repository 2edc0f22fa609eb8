/** One of the files that go with every disclosure as its proof. */
export interface ProofFile {
  readonly name: string;
  readonly contentType: string;
}

/**
 * Name and type of each file of the proof, in the order in which they stand, behind all others: a sender's own file of the same name comes before them. The
 * proof is text with line feeds of its own (C2SP tlog-proof) and must arrive byte for byte, so it goes as octets that no mail system touches.
 */
export const proofFiles = {
  leaf: { name: 'bewijs.leaf.json', contentType: 'application/json' },
  opening: { name: 'bewijs.opening.json', contentType: 'application/json' },
  proof: { name: 'bewijs.tlog-proof', contentType: 'application/octet-stream' },
} as const satisfies Readonly<Record<string, ProofFile>>;

/** A file as it arrived. */
export interface ReceivedFile {
  readonly name: string | null;
  readonly content: Uint8Array;
}

/** The proof among the files that arrived: of each name the last one. A string names the first file that is missing. */
export const findProof = (files: readonly ReceivedFile[]): { readonly [name in keyof typeof proofFiles]: Uint8Array } | string => {
  const last = ({ name }: ProofFile): Uint8Array | null => files.findLast((file) => file.name === name)?.content ?? null;
  const [leaf, opening, proof] = [last(proofFiles.leaf), last(proofFiles.opening), last(proofFiles.proof)];
  if (leaf === null) return proofFiles.leaf.name;
  if (opening === null) return proofFiles.opening.name;
  return proof === null ? proofFiles.proof.name : { leaf, opening, proof };
};

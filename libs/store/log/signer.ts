/** A head to be signed, with the proof that it continues what the signer signed last. */
export interface SignRequest {
  readonly size: number;
  readonly root: Uint8Array;
  /** Consistency proof from the signer's own last size (RFC 9162 §2.1.4); empty when that is 0 or the same. */
  readonly proof: readonly Uint8Array[];
  readonly at: Date;
}

/** Why a signer does not sign. Each means that nothing leaves until someone has looked. */
export interface SignRefusal {
  readonly kind: 'refused';
  readonly code: 'smaller' | 'fork' | 'inconsistent' | 'clock-back' | 'state-missing' | 'wrong-origin' | 'key';
  readonly detail: string;
}

/** What the signer remembers of the last head it signed. */
export interface SignedHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Signs heads of one log and never two that contradict each other: it keeps its own memory apart from the database and checks
 * the proof itself, so a restored or rebuilt database gets no signature. The key may be a file, another process or a token.
 */
export interface LogSigner {
  readonly origin: string;
  readonly vkey: string;
  readonly last: () => Promise<SignedHead | SignRefusal>;
  /** `signed`: the memory was durable before the note was made. Asking the same again gives the same bytes. */
  readonly sign: (request: SignRequest) => Promise<{ readonly kind: 'signed'; readonly note: Uint8Array } | SignRefusal>;
}

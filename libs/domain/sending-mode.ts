/** What the log's witnesses say of its head. Without a witness policy the released size is the signed size, and no quorum is ever lost. */
export interface WitnessedHead {
  /** Entries under a checkpoint that a quorum cosigned. */
  readonly releasedSize: number;
  /** Entries under a checkpoint of the log itself. */
  readonly signedSize: number;
  /** Since when too few witnesses cosign; null while enough do. */
  readonly quorumLostAt: Date | null;
  /** A witness holds another history than ours: a fork, or a database that went back. */
  readonly isContradicted: boolean;
}

/** A lost quorum holds everything for this long first: most outages are shorter. Policy, not law. */
export const quorumWaitMs = 60_000;
/** After this nothing leaves any more, however acute; as long as X-Road goes on without its time stamps. Policy, not law. */
export const quorumMaxMs = 4 * 3_600_000;

/**
 * What may leave besides what is released (log.md 6). `open`: a quorum cosigns. `waiting`: lost for less than a minute. `acute-only`: what is marked
 * an acute threat to life leaves on the signature of the log alone. `stopped`: nothing does. The database holds the same (`is_released`).
 */
export type SendingMode = 'open' | 'waiting' | 'acute-only' | 'stopped';

/** The mode at a moment. */
export const sendingMode = ({ quorumLostAt, isContradicted }: Pick<WitnessedHead, 'quorumLostAt' | 'isContradicted'>, at: Date): SendingMode => {
  if (isContradicted) return 'stopped';
  if (quorumLostAt === null) return 'open';
  const lostMs = at.getTime() - quorumLostAt.getTime();
  if (lostMs < quorumWaitMs) return 'waiting';
  return lostMs < quorumMaxMs ? 'acute-only' : 'stopped';
};

/** Whether a disclosure may leave: under a cosigned checkpoint, on the signature of the log alone, or not now. `index` is that of its entry. */
export const releaseOf = (disclosure: { readonly index: number; readonly isAcute: boolean }, head: WitnessedHead, at: Date): 'cosigned' | 'uncosigned' | 'wait' => {
  if (disclosure.index < head.releasedSize) return 'cosigned';
  return disclosure.isAcute && disclosure.index < head.signedSize && sendingMode(head, at) === 'acute-only' ? 'uncosigned' : 'wait';
};

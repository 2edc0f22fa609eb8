import type { LogReadStore } from '@ketensluis/flow';
import { createLogReadStore, type Queryable } from '@ketensluis/store';
import { formatPolicy, type LogPolicy } from '@ketensluis/tlog';

/** The released part of the log, for whoever may read it, with what it is verified by: the key, and the witnesses when there are any. */
export const openLogReads = (client: Queryable, vkey: string, policy: LogPolicy | null): LogReadStore => {
  const verifiedBy = { vkey, policy: policy === null ? null : formatPolicy(policy) };
  return createLogReadStore(client, async () => verifiedBy);
};

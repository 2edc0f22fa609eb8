import type { WebhookKeys } from '@ketensluis/flow';
import { openTask } from './save-plan.js';
import type { Queryable } from './pool.js';
import { WebhookKeyNotAsLogged } from './webhook-keys.js';

const whatToDo = 'no webhook is signed or believed until it is: check the log (ketensluis check-log), put the rows back from a backup, or end the key and make a new one';

/**
 * The same keys; when one is not what the log says of it, a person is told what to do, once for each as long as this process runs, and the fault goes on as before:
 * who changed the database must be found, and meanwhile nothing is signed or believed (I4).
 */
export const tellingOperator = (client: Queryable, keys: WebhookKeys): WebhookKeys => {
  const told = new Set<string>();
  const telling = async <T>(work: Promise<T>, at: Date): Promise<T> => {
    try {
      return await work;
    } catch (fault) {
      if (fault instanceof WebhookKeyNotAsLogged && !told.has(fault.key)) {
        await openTask(client, { kind: 'log', ref: fault.key, party: null, cause: `${fault.message}; ${whatToDo}` }, at);
        told.add(fault.key);
      }
      throw fault;
    }
  };
  return { ...keys, signers: (party, at) => telling(keys.signers(party, at), at), verifiers: (party, at) => telling(keys.verifiers(party, at), at) };
};

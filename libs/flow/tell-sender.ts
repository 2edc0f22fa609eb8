import type { QuestionSubject, ReturnReason } from '@ketensluis/domain';
import { plainEntry } from './entry.js';
import type { NoticeStore } from './notice-ports.js';
import type { Clock, Ids } from './ports.js';

/** What a recipient says about a disclosure outside the law pack: a code, and nothing about anybody. */
export type SenderWord = { readonly kind: 'returned'; readonly reason: ReturnReason } | { readonly kind: 'question'; readonly reason: QuestionSubject };

export interface TellSenderPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly notices: Pick<NoticeStore, 'findSent' | 'tell'>;
}

/**
 * Tells whoever sent a message that its recipient gives it back, or asks to be called: an entry of the log and a task, in codes. No rule of the law pack carries a
 * free answer, so no free text goes. `absent`: the party has none such; `repeated`: the same stands open.
 */
export const tellSender = async (asked: { readonly party: string; readonly mid: string; readonly by: string; readonly word: SenderWord }, { clock, ids, notices }: TellSenderPorts): Promise<'told' | 'repeated' | 'absent'> => {
  const { party, mid, by, word } = asked;
  const about = await notices.findSent(party, mid);
  if (about === null) return 'absent';
  const at = clock.now();
  const facts = { id: ids.next(at), kind: 'outcome', at: at.toISOString(), from: party, to: about.from, ref: about.entryId, msg: mid, trace: about.trace, code: word.kind, schema: `notice/${word.reason}` } as const;
  return (await notices.tell({ ...word, about, by }, plainEntry(facts, { by }), at)) ? 'told' : 'repeated';
};

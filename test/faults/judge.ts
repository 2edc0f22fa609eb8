import { logReceipts } from '../../apps/cli/log/receipts.js';
import { logVerify } from '../../apps/cli/log/verify.js';

/** What one of the offline commands said of a log, as an auditor reads it. */
export interface Verdict {
  /** 0 good, 1 tampering, 2 incomplete, 3 called wrongly. */
  readonly exit: number;
  readonly findings: readonly { readonly code: string; readonly index: number | null; readonly path?: string | null; readonly detail?: string }[];
}

type Command = typeof logVerify;

const judged = (command: Command) => async (...words: readonly string[]): Promise<Verdict> => {
  let printed = '';
  const exit = await command([...words, '--json'], { out: (text) => { printed += text; }, err: () => undefined, isTerminal: false });
  return { exit, findings: printed === '' ? [] : JSON.parse(printed).findings };
};

/** `log verify` over an exported log. */
export const judgeLog = judged(logVerify);
/** `log receipts` over what recipients kept. */
export const judgeReceipts = judged(logReceipts);

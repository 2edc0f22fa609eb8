/** How a command ended: 0 ok, 1 fault, 2 wrongly called, 3 a check failed. The `log` commands have codes of their own (log.md 7.8). */
export type Exit = 0 | 1 | 2 | 3;

/** Where commands write for people. */
export const terminal = {
  out: (text: string): void => void process.stdout.write(text),
  err: (text: string): void => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY,
};

/** One line for a person. */
export const say = (line: string): void => terminal.out(`${line}\n`);

/** A fault whose message is meant for the person at the terminal; shown without a stack. */
export class PlainFault extends Error {
  constructor(message: string, readonly exit: Exit = 1) {
    super(message);
    this.name = 'PlainFault';
  }
}

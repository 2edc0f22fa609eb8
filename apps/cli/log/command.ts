import { parseArgs } from 'node:util';

/** 0 good, 1 tampering, 2 incomplete (files missing), 3 wrongly called: nothing was checked. */
export type LogExit = 0 | 1 | 2 | 3;

/** Where a command writes. `isTerminal` is about the error stream: progress is drawn there, and only on a terminal. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
}

/** The words of a command after its name, sorted out; null when there is an option it does not know. */
export interface LogArguments {
  readonly positionals: readonly string[];
  readonly value: (name: string) => string | null;
  readonly isSet: (name: string) => boolean;
}

/** Reads the arguments of one command; `values` take a value, `flags` do not. */
export const readArguments = (args: readonly string[], known: { readonly values: readonly string[]; readonly flags: readonly string[] }): LogArguments | null => {
  const options = Object.fromEntries([
    ...known.values.map((name) => [name, { type: 'string' }] as const),
    ...known.flags.map((name) => [name, { type: 'boolean' }] as const),
  ]);
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const values = new Map<string, unknown>(Object.entries(parsed.values));
    return {
      positionals: parsed.positionals,
      value: (name) => {
        const value = values.get(name);
        return typeof value === 'string' ? value : null;
      },
      isSet: (name) => values.get(name) === true,
    };
  } catch {
    return null;
  }
};

/** Tells how the command is called, and that nothing was checked. */
export const usage = (io: CommandIo, text: string): 3 => {
  io.err(`${text}\n`);
  return 3;
};

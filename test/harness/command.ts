import { Command } from 'commander';

/** Runs a command of `ketensluis` in this process, and resolves to what it said; rejects as the command does. `add` adds it to the program. */
export const runCommand = async (add: (program: Command) => void, words: readonly string[]): Promise<string> => {
  const told: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text: string | Uint8Array) => {
    told.push(String(text));
    return true;
  };
  try {
    const program = new Command().exitOverride();
    add(program);
    await program.parseAsync(['node', 'ketensluis', ...words]);
  } finally {
    process.stdout.write = write;
  }
  return told.join('');
};

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One file of ours, parsed; `path` is relative to the project with forward slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const skipped = new Set(['node_modules', 'dist', 'data', '.git', 'coverage']);

/** Paths of all files below a folder of the project, in order of name. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(process.cwd(), folder), { withFileTypes: true })
    .filter((entry) => !skipped.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    })
    .sort();

/** Text of one file of the project. */
export const textOf = (path: string): string => readFileSync(join(process.cwd(), path), 'utf8');

/** A source made of `text`; also for the small faulty examples that prove a rule can fail. */
export const parse = (path: string, text: string): Source => ({
  path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS),
});

const wanted = (path: string): boolean => /\.tsx?$/.test(path) && !path.endsWith('.d.ts');

/** Every TypeScript file of ours. */
export const sources: readonly Source[] = ['apps', 'libs', 'certs', 'test']
  .flatMap((folder) => filesBelow(folder))
  .filter(wanted)
  .map((path) => parse(path, textOf(path)));

const paths = new Set(sources.map(({ path }) => path));
/** Whether a path is a file of ours in TypeScript. */
export const isSource = (path: string): boolean => paths.has(path);

/** Whether a file proves something instead of being shipped: specs, the suites and fixtures they share, and all below test/. */
export const isTest = (path: string): boolean => /\.spec\.tsx?$/.test(path) || /(\/conformance|\.fixture)\.ts$|\/fuzz\//.test(path) || path.startsWith('test/');

/** The library or app a file belongs to: `libs/mail`, `apps/worker`, `certs`, `test`. */
export const homeOf = (path: string): string => /^(libs|apps)\/[^/]+/.exec(path)?.[0] ?? path.split('/')[0] ?? '';

/** Calls `look` on every node of a file; what it returns is collected with the line it was found on. */
export const search = (source: Source, look: (node: ts.Node) => string | null): readonly string[] => {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const fault = look(node);
    if (fault !== null) found.push(`${source.path}:${lineOf(source, node)} ${fault}`);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
};

const lineOf = (source: Source, node: ts.Node): number => source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;

/** Throws with the reason of a rule and the places that break it; returns when there are none. */
export const holds = (reason: string, offenders: readonly string[]): void => {
  if (offenders.length === 0) return;
  throw new Error(`${reason}\n\n${offenders.map((offender) => `  ${offender}`).join('\n')}\n`);
};

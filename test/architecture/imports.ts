import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import ts from 'typescript';
import { homeOf, isSource, isTest, type Source } from './sources.js';

/** One import or re-export of a file. */
export interface Import {
  readonly from: string;
  readonly target: string;
  readonly isTypeOnly: boolean;
}

interface Allowed {
  readonly ours: readonly string[];
  /** Of these, only types: the ports, never the code behind them. */
  readonly typesOnly: readonly string[];
  readonly outside: readonly string[];
}

const everything = ['domain', 'contract', 'tlog', 'mail', 'flow', 'adapters', 'store', 'queue', 'report', 'views', 'platform'];
const exceptPlatform = everything.filter((lib) => lib !== 'platform');

/** Section 4 of the architecture. `node:*` is every module of Node.js, `*` every package of package.json except Nest. */
export const table: Readonly<Record<string, Allowed>> = {
  'libs/domain': { ours: [], typesOnly: [], outside: ['zod', 'temporal-polyfill'] },
  'libs/contract': { ours: ['domain'], typesOnly: [], outside: ['zod', 'fast-xml-parser', 'node:crypto'] },
  'libs/tlog': { ours: [], typesOnly: [], outside: ['node:crypto'] },
  'libs/mail': { ours: ['domain'], typesOnly: [], outside: ['zod', 'node:crypto', 'node:buffer', 'node:util', 'node:worker_threads', 'node:zlib'] },
  'libs/flow': { ours: ['domain', 'contract', 'mail', 'tlog', 'views'], typesOnly: ['views'], outside: [] },
  'libs/adapters': { ours: ['domain', 'contract', 'mail', 'flow'], typesOnly: ['flow'], outside: ['nodemailer', 'dns-packet', 'mailauth', 'zod', 'node:*'] },
  'libs/store': { ours: ['domain', 'tlog', 'flow'], typesOnly: ['flow'], outside: ['pg', 'zod', 'node:*'] },
  'libs/queue': { ours: ['flow'], typesOnly: ['flow'], outside: ['amqplib', 'zod', 'node:*'] },
  'libs/report': { ours: ['domain', 'tlog', 'flow'], typesOnly: ['flow'], outside: ['pdfkit'] },
  'libs/views': { ours: ['domain', 'tlog'], typesOnly: [], outside: ['zod', 'node:crypto'] },
  'libs/platform': { ours: exceptPlatform, typesOnly: [], outside: ['*', 'node:*', 'nest'] },
  apps: { ours: ['domain', 'contract', 'mail', 'tlog', 'flow', 'report', 'views', 'platform'], typesOnly: [], outside: ['*', 'node:*', 'nest'] },
  certs: { ours: ['domain', 'contract', 'mail', 'tlog', 'platform'], typesOnly: [], outside: ['*', 'node:*'] },
};

const isTypeOnly = (node: ts.ImportDeclaration | ts.ExportDeclaration): boolean => {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
};

/** All imports of a file: static, re-exported and dynamic. */
export const importsOf = (source: Source): readonly Import[] => {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ from: source.path, target: node.moduleSpecifier.text, isTypeOnly: isTypeOnly(node) });
    }
    const [argument] = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments : [];
    if (argument !== undefined && ts.isStringLiteral(argument)) found.push({ from: source.path, target: argument.text, isTypeOnly: false });
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
};

/** The file a relative import means, as a project path; null for packages. */
export const fileOf = ({ from, target }: Import): string | null => {
  if (!target.startsWith('.')) return null;
  const file = posix.join(posix.dirname(from), target).replace(/\.js$/, '.ts');
  return file.endsWith('.ts') && !isSource(file) && isSource(`${file}x`) ? `${file}x` : file;
};

const rowOf = (path: string): Allowed | null => table[homeOf(path)] ?? table[homeOf(path).split('/')[0] ?? ''] ?? null;

const relativeFault = (one: Import): string | null => {
  const file = fileOf(one) ?? '';
  if (!/\.(js|mjs|json)$/.test(one.target)) return 'ends without .js: Node.js finds nothing then';
  if (isTest(one.from) && (file.startsWith('test/') || file.endsWith('.fixture.ts'))) return null;
  // The practice certificate authority is a program of its own beside the apps.
  if (one.from.startsWith('apps/') && file.startsWith('certs/')) return null;
  // One process may hold several programs: `up` composes them (architecture, section 4).
  if (homeOf(one.from) === 'apps/cli' && file.startsWith('apps/')) return null;
  return homeOf(file) === homeOf(one.from) ? null : 'reaches into another library: import @ketensluis/<lib>';
};

const oursFault = (one: Import, row: Allowed): string | null => {
  const lib = one.target.replace('@ketensluis/', '');
  if (!everything.includes(lib)) return 'is no library of ours, or a file inside one: its index.ts is its only door';
  if (!row.ours.includes(lib)) return `is not for ${homeOf(one.from)} to know`;
  return row.typesOnly.includes(lib) && !one.isTypeOnly ? 'may be imported for its types (ports) only: use import type' : null;
};

const outsideFault = (one: Import, row: Allowed): string | null => {
  if (one.target.startsWith('@nestjs/') || one.target === 'reflect-metadata') return row.outside.includes('nest') ? null : 'is Nest, which lives in apps and libs/platform';
  const isNode = one.target.startsWith('node:');
  if (!isNode && builtinModules.includes(one.target)) return 'is a module of Node.js: write node: before it';
  const name = isNode ? one.target : one.target.split('/').slice(0, one.target.startsWith('@') ? 2 : 1).join('/');
  return row.outside.includes(name) || row.outside.includes(isNode ? 'node:*' : '*') ? null : `is not among what ${homeOf(one.from)} may take from outside`;
};

/** What is wrong with one import by the table; null when nothing is. Specs may take any package, but know no more of ours than their library. */
export const importFault = (one: Import): string | null => {
  const row = rowOf(one.from);
  if (one.from.startsWith('test/') || row === null) return null;
  const fault = one.target.startsWith('.') ? relativeFault(one)
    : one.target.startsWith('@ketensluis/') ? oursFault(one, isTest(one.from) ? { ...row, typesOnly: [] } : row)
    : isTest(one.from) ? null : outsideFault(one, row);
  return fault === null ? null : `${one.from}: '${one.target}' ${fault}`;
};

/** Every ring of files that import each other, each once; types do not run, so importing them makes no ring. */
export const cycles = (imports: readonly Import[]): readonly string[] => {
  const next = new Map<string, string[]>();
  for (const one of imports) {
    const file = fileOf(one) ?? (one.target.startsWith('@ketensluis/') ? `libs/${one.target.slice(12)}/index.ts` : null);
    if (file !== null && !one.isTypeOnly) next.set(one.from, [...(next.get(one.from) ?? []), file]);
  }
  const rings: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) rings.push([...trail.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return rings;
};

import ts from 'typescript';
import { homeOf, isTest, search, type Source } from './sources.js';

/** A rule looks at one file and tells where it is broken. */
export type Rule = (source: Source) => readonly string[];

const fileMaxLines = 400;
const functionMaxLines = 70;
const parametersMax = 4;

/** Style rule 6. */
export const smallFiles: Rule = ({ path, text }) => {
  const lines = text.split('\n').length - 1;
  return lines > fileMaxLines ? [`${path} has ${lines} lines`] : [];
};

// What holds tests is a chapter, not a function: its tests are counted each.
const isChapter = (node: ts.Node, path: string): boolean => isTest(path) && /\b(describe|test)\b.*\(/.test(node.getText());

/** Style rule 6. */
export const smallFunctions: Rule = (source) =>
  search(source, (node) => {
    if (!ts.isFunctionLike(node) || isChapter(node, source.path)) return null;
    const place = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line;
    const lines = source.tree.getLineAndCharacterOfPosition(node.end).line - place + 1;
    return lines > functionMaxLines ? `a function of ${lines} lines` : null;
  });

/** Style rule 6. */
export const fewParameters: Rule = (source) =>
  // In a table of tests the parameters are the columns.
  isTest(source.path) ? [] : search(source, (node) => (ts.isFunctionLike(node) && node.parameters.length > parametersMax ? `a function of ${node.parameters.length} parameters: take one object` : null));

const emptyWords = new Set(['Manager', 'Helper', 'Helpers', 'Util', 'Utils', 'Processor', 'Data', 'Info', 'Base']);
// Words of the law (ProcessorAgreement, AVG art. 28) and of the standard that libs/mail speaks (SignedData, SignerInfo: RFC 5652).
// `onData` is the hook of the SMTP server for the command DATA (RFC 5321).
const isWordOfOthers = (word: string, name: string, path: string): boolean =>
  name === 'onData' || (word === 'Processor' && name.includes('ProcessorAgreement')) || ((word === 'Data' || word === 'Info') && path.startsWith('libs/mail/'));

const wordsOf = (name: string): readonly string[] => name.split(/(?<=[a-z0-9])(?=[A-Z])|[-_.]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));

const nameFault = (name: string, path: string): string | null => {
  const words = wordsOf(name);
  const empty = [words.at(-1), words[0] === 'Base' ? 'Base' : undefined].find((word) => word !== undefined && emptyWords.has(word));
  return empty === undefined || isWordOfOthers(empty, name, path) ? null : `'${name}' says '${empty}', which says nothing`;
};

/** Style rule 7, on types, functions and files. */
export const tellingNames: Rule = (source) => {
  const fileName = (source.path.split('/').at(-1) ?? '').replace(/(\.spec)?\.tsx?$/, '');
  const onFile = nameFault(fileName, source.path);
  const inFile = search(source, (node) => {
    const isNoun = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node);
    const isVerb = ts.isFunctionDeclaration(node) || (ts.isVariableDeclaration(node) && node.initializer !== undefined && ts.isArrowFunction(node.initializer));
    if ((!isNoun && !isVerb) || node.name === undefined || !ts.isIdentifier(node.name)) return null;
    if (ts.isInterfaceDeclaration(node) && /^I[A-Z][a-z]/.test(node.name.text)) return `'${node.name.text}' has an I-prefix`;
    return nameFault(node.name.text, source.path);
  });
  return [...(onFile === null ? [] : [`${source.path} ${onFile}`]), ...inFile];
};

/** Style rule 17: any. */
export const noAny: Rule = (source) => search(source, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'any' : null));

/** Style rule 17: the non-null assertion. */
export const noBang: Rule = (source) => search(source, (node) => (ts.isNonNullExpression(node) ? `${node.getText()}` : null));

/** Style rule 17: enum. */
export const noEnum: Rule = (source) => search(source, (node) => (ts.isEnumDeclaration(node) ? `enum ${node.name.text}` : null));

/** Style rule 15. */
export const noEmptyCatch: Rule = (source) => search(source, (node) => (ts.isCatchClause(node) && node.block.statements.length === 0 ? 'an empty catch' : null));

/** Style rule 17: `as T` outside domain and store. `as const` is no assertion; specs read what they have just made. */
export const noAssertion =
  (exceptions: ReadonlyMap<string, string>): Rule =>
  (source) => {
    if (isTest(source.path) || ['libs/domain', 'libs/store'].includes(homeOf(source.path)) || exceptions.has(source.path)) return [];
    return search(source, (node) => {
      if (!ts.isAsExpression(node) && !ts.isTypeAssertionExpression(node)) return null;
      return node.type.getText() === 'const' ? null : `as ${node.type.getText()}`;
    });
  };

const commentsOf = (source: Source): readonly { line: number; text: string }[] => {
  const found: { line: number; text: string }[] = [];
  const seen = new Set<number>();
  const take = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) {
      if (seen.has(pos)) continue;
      seen.add(pos);
      found.push({ line: source.tree.getLineAndCharacterOfPosition(pos).line + 1, text: source.text.slice(pos, end) });
    }
  };
  const visit = (node: ts.Node): void => {
    take(ts.getLeadingCommentRanges(source.text, node.getFullStart()));
    take(ts.getTrailingCommentRanges(source.text, node.end));
    node.getChildren(source.tree).forEach(visit);
  };
  visit(source.tree);
  return found;
};

/** Style rule 13: work left over carries the number under which it is planned. */
export const noLooseEnds: Rule = (source) =>
  commentsOf(source)
    .filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text) && !/#\d+/.test(text))
    .map(({ line, text }) => `${source.path}:${line} ${text.slice(0, 80)}`);

/** Style rule 13: code that does not run is not kept. */
export const noDeadCode: Rule = (source) =>
  commentsOf(source)
    .filter(({ text }) => /^\/\/\s*(import .* from |const \w+ = |return\b.*;$|if \(.*\) \{|await \w+\()/.test(text))
    .map(({ line, text }) => `${source.path}:${line} ${text.slice(0, 80)}`);

const pureLibraries = ['libs/domain', 'libs/contract', 'libs/tlog'];

/** Style rule 2: nothing that waits, in the libraries an auditor reads. */
export const noWaiting: Rule = (source) => {
  if (isTest(source.path) || !pureLibraries.includes(homeOf(source.path))) return [];
  return search(source, (node) =>
    ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword ? 'waits (async or await)' : null);
};

const clocks = new Set(['Date.now', 'performance.now', 'process.hrtime', 'process.hrtime.bigint', 'Temporal.Now.instant', 'Temporal.Now.zonedDateTimeISO', 'Temporal.Now.plainDateISO', 'Temporal.Now.plainDateTimeISO']);

/** I11: time comes from one clock and is passed as `at`; the worker pool of libs/mail measures its own patience. */
export const noClock: Rule = (source) => {
  const home = homeOf(source.path);
  if (isTest(source.path) || source.path.startsWith('libs/mail/worker/') || ![...pureLibraries, 'libs/mail', 'libs/flow', 'libs/adapters', 'libs/store'].includes(home)) return [];
  return search(source, (node) => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0) return 'new Date() looks at the clock';
    // How long a send took is measured where it is sent; it decides nothing.
    if (home === 'libs/adapters' && node.getText() === 'performance.now') return null;
    return ts.isPropertyAccessExpression(node) && clocks.has(node.getText()) ? `${node.getText()} looks at the clock` : null;
  });
};

/** Random numbers decide nothing, and where they protect something they come from node:crypto. Apps may hand a flow its chance to spread retries. */
export const noDice: Rule = (source) =>
  isTest(source.path) || source.path.startsWith('apps/') ? [] : search(source, (node) => (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random' ? 'Math.random' : null));

/** A spec that is left out or left alone hides the others. One that needs a tool from outside may be left out if its name says so: "NOT RUN". */
export const noLeftOutSpecs: Rule = (source) =>
  search(source, (node) => {
    if (!ts.isCallExpression(node)) return null;
    const called = node.expression.getText();
    if (/\.skip$/.test(called) && /^['"`].*NOT RUN, /.test(node.arguments[0]?.getText() ?? '')) return null;
    return /^(describe|test|it)\.(only|skip|todo|failing)\b|^(x|f)(describe|test|it)$/.test(called) ? called : null;
  });

const isCallable = (statement: ts.Statement): boolean =>
  ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
  (ts.isVariableStatement(statement) && statement.declarationList.declarations.some(({ initializer }) => initializer !== undefined && ts.isArrowFunction(initializer)));

/** Whether every exported function and class of a library carries its promise (style rule 11). */
export const promises: Rule = (source) => {
  if (isTest(source.path) || !source.path.startsWith('libs/')) return [];
  return source.tree.statements.filter(isCallable).flatMap((statement) => {
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
    if (!isExported || ts.getJSDocCommentsAndTags(statement).length > 0) return [];
    const line = source.tree.getLineAndCharacterOfPosition(statement.getStart(source.tree)).line + 1;
    return [`${source.path}:${line} ${statement.getText().split('\n')[0]?.slice(0, 70) ?? ''}`];
  });
};

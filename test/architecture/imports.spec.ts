import { describe, expect, test } from '@jest/globals';
import { textOf, holds, parse, sources, isTest } from './sources.js';
import { cycles, fileOf, importFault, importsOf } from './imports.js';

const all = sources.flatMap(importsOf);
const manifest = JSON.parse(textOf('package.json'));

describe('who may import whom', () => {
  test('follows the table of the architecture', () => {
    const reason = 'Decisions stay provable only while they cannot reach I/O, and a port is only a port while nobody looks behind it (architecture, section 4).';
    holds(reason, all.map(importFault).filter((fault) => fault !== null));
  });

  test('has no rings', () => {
    holds('Files that import each other can only be understood, tested and loaded together.', cycles(all));
  });

  test('takes only packages that package.json names for that use', () => {
    const run = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
    const develop = new Set([...run, ...Object.keys(manifest.devDependencies)]);
    const offenders = all
      .filter(({ target }) => !/^(\.|node:|@ketensluis\/)/.test(target))
      .filter(({ from, target, isTypeOnly }) => {
        const name = target.split('/').slice(0, target.startsWith('@') ? 2 : 1).join('/');
        return !(isTest(from) || isTypeOnly ? develop : run).has(name);
      })
      .map(({ from, target }) => `${from}: ${target}`);
    holds('What is not in package.json comes along by accident and leaves by accident; npm start installs no development packages.', offenders);
  });

  test('lets no flow call another flow', () => {
    const camel = (path: string): string => (path.split('/').at(-1) ?? '').replace('.ts', '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const isFlow = (path: string, text: string): boolean => new RegExp(`export (const ${camel(path)} = async|async function ${camel(path)}\\b)`).test(text);
    const flows = new Set(sources.filter(({ path, text }) => path.startsWith('libs/flow/') && isFlow(path, text)).map(({ path }) => path));
    const offenders = all
      .filter((one) => flows.has(one.from) && !one.isTypeOnly && flows.has(fileOf(one) ?? ''))
      .map(({ from, target }) => `${from}: ${target}`);
    holds('Three storeys: an app calls one flow, a flow calls leaves (style rule 3). A flow inside a flow hides a transaction inside a transaction.', offenders);
  });

  test('keeps index.ts to re-exports, so that a door holds no rules', () => {
    const offenders = sources
      .filter(({ path }) => /^libs\/[^/]+\/index\.ts$/.test(path))
      .filter(({ text }) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']+';/g, '').trim() !== '')
      .map(({ path }) => path);
    holds('The index of a library is its door: it says what is public and does nothing.', offenders);
  });

  const faulty: readonly (readonly [string, string, string, RegExp])[] = [
    ['a decision that reads files', 'libs/domain/decide.ts', "import { readFile } from 'node:fs/promises';", /may take from outside/],
    ['a library that knows its caller', 'libs/domain/decide.ts', "import { receive } from '@ketensluis/flow';", /not for libs\/domain/],
    ['a back door', 'libs/flow/receive.ts', "import { x } from '../mail/cms/open.js';", /another library/],
    ['a side door', 'libs/flow/receive.ts', "import { x } from '@ketensluis/mail/cms';", /only door/],
    ['Nest outside its place', 'libs/flow/receive.ts', "import { Injectable } from '@nestjs/common';", /Nest/],
    ['a store that decides', 'libs/store/intake.ts', "import { receive } from '@ketensluis/flow';", /types \(ports\) only/],
    ['an app with SQL at hand', 'apps/worker/loop.ts', "import { openPool } from '@ketensluis/store';", /not for apps\/worker/],
    ['an app inside another', 'apps/worker/loop.ts', "import { x } from '../gateway/smtp.js';", /another library/],
    ['an import Node.js cannot find', 'libs/flow/receive.ts', "import { x } from './ports';", /without \.js/],
    ['a dynamic import', 'libs/tlog/leaf.ts', "const x = await import('pg');", /may take from outside/],
  ];
  for (const [name, path, text, expected] of faulty) {
    test(`sees ${name}`, () => {
      expect(importsOf(parse(path, text)).map(importFault).join()).toMatch(expected);
    });
  }

  test('sees a ring, and not one of types', () => {
    const ring = (keyword: string) => cycles([...importsOf(parse('libs/a/x.ts', "import { y } from './y.js';")), ...importsOf(parse('libs/a/y.ts', `${keyword} { x } from './x.js';`))]);
    expect(ring('import')).toEqual(['libs/a/x.ts -> libs/a/y.ts -> libs/a/x.ts']);
    expect(ring('import type')).toEqual([]);
  });
});

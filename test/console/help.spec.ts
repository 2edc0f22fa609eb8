import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderToStaticMarkup } from 'react-dom/server';
import { createElement } from 'react';
import { addAcceptanceCommand } from '../../apps/cli/acceptance-command.js';
import { addCertificateCommands } from '../../apps/cli/certificate-commands.js';
import { addKeysCommands } from '../../apps/cli/keys-commands.js';
import { addLogCommands } from '../../apps/cli/log/commands.js';
import { addPracticeCommands } from '../../apps/cli/practice-commands.js';
import { addReceiverCommand } from '../../apps/cli/receiver.js';
import { addRegisterCommands } from '../../apps/cli/register-commands.js';
import { addUpkeepCommands } from '../../apps/cli/upkeep-commands.js';
import { HelpBody, readHelp, type Block } from '../../apps/console/help/markdown.js';
import { allTexts } from '../../apps/console/help/pages.js';
import { findRoute } from '../../apps/console/routes.js';
import { readTheme, themeFiles, themeProblems } from '../../apps/console/theme.js';
import { menus } from '../../apps/console/shell/menu.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

const wordsOf = (block: Block): readonly string[] => {
  switch (block.kind) {
    case 'heading': case 'text': return [block.text];
    case 'list': return block.items;
    case 'table': return [...block.head, ...block.rows.flat()];
    case 'code': return [];
  }
};
const linksOf = (blocks: readonly Block[]): readonly string[] => blocks.flatMap(wordsOf).flatMap((text) => [...text.matchAll(/\]\(([^)]*)\)/g)].map(([, href]) => href ?? ''));
const idsOf = (blocks: readonly Block[]): readonly string[] => blocks.flatMap((block) => (block.kind === 'heading' ? [block.id] : []));

describe('the help', () => {
  test('leads to pages that are there, and to places on them', async () => {
    const texts = await allTexts();
    const rooms = new Set(Object.values(menus).flat().map(({ href }) => href));
    const wrong = texts.flatMap(({ name, language, text }) => linksOf(text.blocks).filter((href) => {
      const [path = '', id] = href.split('#');
      if (href.startsWith('https://')) return false;
      const [, page] = /^\/hulp\/([a-z-]+)$/.exec(path) ?? [];
      const isThere = page === undefined ? rooms.has(path) || findRoute('GET', path) !== null : texts.some((one) => one.name === page && one.language === language);
      return !isThere || (id !== undefined && !texts.some((one) => one.name === page && idsOf(one.text.blocks).includes(id)));
    }).map((href) => `${language}/${name}: ${href}`));
    expect(wrong).toEqual([]);
  });

  test('says the same in both languages: the same blocks, places, commands and links', async () => {
    const texts = await allTexts();
    for (const { name, text } of texts.filter(({ language }) => language === 'nl')) {
      const other = texts.find((one) => one.name === name && one.language === 'en')?.text;
      expect([name, other?.blocks.map(({ kind }) => kind)]).toEqual([name, text.blocks.map(({ kind }) => kind)]);
      expect([name, new Set(linksOf(other?.blocks ?? []))]).toEqual([name, new Set(linksOf(text.blocks))]);
    }
  });

  test('explains every page that says that something is the matter', async () => {
    const texts = (await allTexts()).filter(({ name }) => name === 'foutmeldingen');
    expect(texts).toHaveLength(2);
    for (const { text } of texts) expect(idsOf(text.blocks)).toEqual(['nothing', 'denied', 'stale', 'large', 'slow', 'too-many', 'under-way', 'broken', 'away', 'sign-in']);
  });

  test('gives every word of the law as libs/README.md has it', async () => {
    const readme = await readFile('libs/README.md', 'utf8');
    const rows = readme.slice(readme.indexOf('## Words of the law'), readme.indexOf('## Map')).split('\n').filter((line) => line.startsWith('|')).slice(2).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));
    expect(rows.length).toBeGreaterThan(10);
    for (const { language, text } of (await allTexts()).filter(({ name }) => name === 'begrippen')) {
      const [law] = text.blocks.filter((block) => block.kind === 'table');
      expect(law?.rows).toEqual(rows.map(([word, nl, en]) => [word, language === 'nl' ? nl : en]));
    }
  });

  test('names commands that are there, with options they know', async () => {
    const program = new Command('ketensluis');
    program.command('up').option('--practice');
    for (const add of [addAcceptanceCommand, addCertificateCommands, addKeysCommands, addLogCommands, addPracticeCommands, addReceiverCommand, addRegisterCommands, addUpkeepCommands]) add(program);
    const lines = (await allTexts()).flatMap(({ text }) => text.blocks.flatMap((block) => (block.kind === 'code' ? block.text.split('\n') : []))).filter((line) => line.startsWith('npx ketensluis '));
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const words = line.split(' ').slice(2);
      let command = program;
      for (let next = command.commands.find((one) => one.name() === words[0]); next !== undefined; next = command.commands.find((one) => one.name() === words[0])) {
        command = next;
        words.shift();
      }
      const options = words.filter((word) => word.startsWith('--'));
      const given = words.filter((word) => !word.startsWith('--'));
      const needed = command.registeredArguments.filter(({ required }) => required).length;
      expect([line, command === program, options.filter((option) => !command.options.some(({ long }) => long === option)), given.length >= needed && given.length <= command.registeredArguments.length]).toEqual([line, false, [], true]);
    }
  });

  test('shows marks of HTML as they are written, and refuses what it cannot show', () => {
    const { blocks } = readHelp('# T\n\nlead\n\na <script>alert(1)</script> [x](javascript:alert(1)) **b** `c`');
    const html = renderToStaticMarkup(createElement(HelpBody, { blocks, language: 'nl' }));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<a ');
    expect(html).toContain('<strong>b</strong>');
    for (const bad of ['> quote', '![x](/y)', '<b>', '#### deep', '| a |\n| b |']) expect(() => readHelp(`# T\n\nlead\n\n${bad}`)).toThrow('bug:');
  });
});

describe('help and theme on the console', () => {
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    hub = await openTestHub();
    desk = await openTestConsole(hub);
  });
  afterAll(async () => {
    await desk.close();
    await hub.close();
  });

  test('stand open to who is not signed in, in the language asked for', async () => {
    for (const path of ['/hulp', '/hulp/begrippen', '/toegankelijkheid']) expect([path, (await desk.stranger.get(path)).status]).toEqual([path, 200]);
    expect((await desk.stranger.get('/hulp/nergens')).status).toBe(404);
    expect((await desk.stranger.get('/hulp/..%2f..%2fpackage')).status).toBe(404);
    const english = await fetch(new URL('/hulp', desk.url), { headers: { cookie: '__Host-taal=en' } });
    expect(await english.text()).toContain('Keyboard shortcuts');
  });

  test('come compressed to who can read that, small, and as they are to who cannot', async () => {
    const { html } = await desk.stranger.get('/hulp');
    const [style = '', script = ''] = [/href="(\/middelen\/console-[^"]+)"/.exec(html)?.[1], /src="(\/middelen\/[^"]+)"/.exec(html)?.[1]];
    const bytesOf = async (path: string, encoding: string) => {
      const reply = await fetch(new URL(path, desk.url), { headers: { 'accept-encoding': encoding } });
      return { sent: Number(reply.headers.get('content-length')), encoding: reply.headers.get('content-encoding'), text: await reply.text() };
    };
    const [packed, plain] = [await bytesOf(style, 'gzip'), await bytesOf(style, 'identity')];
    expect([packed.encoding, plain.encoding]).toEqual(['gzip', null]);
    expect(packed.text).toBe(plain.text);
    expect(packed.sent).toBeLessThan(30_000);
    expect((await bytesOf(script, 'gzip')).sent).toBeLessThan(10_000);
  });

  test('give a house style by day and one at night, each to who asks for those colours and after our own', async () => {
    const folder = join(hub.practiceFolder, '..');
    const [day, night] = [':root { --kl-accent: #1f4f8f }', ':root { --kl-accent: #9cc3ff }'];
    await writeFile(join(folder, themeFiles.light), day);
    await writeFile(join(folder, themeFiles.dark), night);
    const themed = await openTestConsole(hub);
    try {
      const { html } = await themed.stranger.get('/hulp');
      const links = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"(?: media="([^"]+)")?/g)].map(([, href = '', media]) => ({ href, media }));
      expect(links.map(({ media }) => media)).toEqual([undefined, 'print, not all and (prefers-color-scheme: dark)', 'screen and (prefers-color-scheme: dark)']);
      const texts = await Promise.all(links.slice(1).map(async ({ href }) => (await fetch(new URL(href, themed.url))).text()));
      expect(texts).toEqual([day, night]);
      await writeFile(join(folder, themeFiles.dark), 'main { display: none }');
      await expect(readTheme(folder)).rejects.toThrow(themeFiles.dark);
    } finally {
      await themed.close();
      await Promise.all(Object.values(themeFiles).map((file) => rm(join(folder, file))));
    }
  });

  test('take a house style of values, and nothing else', () => {
    expect(themeProblems('/* ours */ :root { --kl-brand: #1b3a6b; --utrecht-button-border-radius: 0; --kl-font: "Rijks Sans", sans-serif }')).toEqual([]);
    for (const bad of [
      'body { display: none }', '@import "https://elders.example/x.css";', ':root { --kl-brand: url(https://elders.example) }', ':root { color: red }', ':root { --kl-x: \\75rl(x) }', ':root { } main { display: none }',
      ':root { --kl-x: red } @media print { :root { --kl-y: red } }', `:root { --kl-x: ${'a'.repeat(70_000)} }`, ':root { --kl-x: image-set("x" 1x) }', ':root { --kl-x: URL(x) }', ':root { --kl-x: u/**/rl(x) }', '',
    ]) expect([bad.slice(0, 40), themeProblems(bad).length > 0]).toEqual([bad.slice(0, 40), true]);
  });
});

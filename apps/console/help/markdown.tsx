import type { ReactNode } from 'react';
import type { Language } from '../shell/language.js';
import { Copyable } from '../shell/parts.js';

/** One block of a help page. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly id: string; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A help page: its title, the sentence below it, and the rest. */
export interface HelpText {
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly Block[];
}

/**
 * Reads the part of Markdown (CommonMark) our help is written in: one `#`, then `##` and `###` (with an own id as `{#id}`), paragraphs, lists of one line an
 * item, tables, and code between fences. Throws on anything that begins like a block of another kind, so that no page shows its own marks.
 */
export const readHelp = (source: string): HelpText => {
  const parts = source.replaceAll('\r', '').split(/^(```[\s\S]*?^```$)/m).flatMap((part, place) => (place % 2 === 1 ? [part] : part.split(/\n{2,}/))).map((part) => part.replace(/^\n+|\s+$/g, '')).filter((part) => part !== '');
  const [first = '', lead = '', ...rest] = parts;
  if (!first.startsWith('# ')) throw new Error('bug: a help page begins with its title');
  return { title: first.slice(2), lead: oneLine(lead), blocks: rest.map(blockOf) };
};

const oneLine = (text: string): string => text.split('\n').join(' ');

const blockOf = (part: string): Block => {
  const lines = part.split('\n');
  const [, marks, words = '', own] = /^(#{2,3}) ([^\n]+?)(?: \{#([a-z0-9-]+)\})?$/.exec(part) ?? [];
  if (marks !== undefined) return { kind: 'heading', level: marks.length === 2 ? 2 : 3, id: own ?? idOf(words), text: words };
  if (part.startsWith('```')) return { kind: 'code', text: lines.slice(1, -1).join('\n') };
  if (lines.every((line) => line.startsWith('- '))) return { kind: 'list', isOrdered: false, items: lines.map((line) => line.slice(2)) };
  if (lines.every((line) => /^\d+\. /.test(line))) return { kind: 'list', isOrdered: true, items: lines.map((line) => line.replace(/^\d+\. /, '')) };
  if (lines.every((line) => line.startsWith('|')) && /^\|[\s|-]+\|$/.test(lines[1] ?? '')) return { kind: 'table', head: cellsOf(lines[0] ?? ''), rows: lines.slice(2).map(cellsOf) };
  if (/^(#|>|- |\d+\. |\||!\[|<|\s)/.test(part)) throw new Error(`bug: help cannot show "${part.slice(0, 40)}"`);
  return { kind: 'text', text: oneLine(part) };
};

const cellsOf = (line: string): readonly string[] => line.slice(1, -1).split('|').map((cell) => cell.trim());
const idOf = (text: string): string => text.toLowerCase().normalize('NFD').replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

/** The blocks as a page; every text is escaped by React, and links go to places of ours or over https. */
export const HelpBody = ({ blocks, language }: { readonly blocks: readonly Block[]; readonly language: Language }) => <div className="help">{blocks.map((block, place) => <Shown key={place} block={block} language={language} />)}</div>;

const Shown = ({ block, language }: { readonly block: Block; readonly language: Language }) => {
  switch (block.kind) {
    case 'heading': return block.level === 2 ? <h2 id={block.id}>{inline(block.text)}</h2> : <h3 id={block.id}>{inline(block.text)}</h3>;
    case 'text': return <p className="utrecht-paragraph">{inline(block.text)}</p>;
    case 'list': return block.isOrdered ? <ol>{block.items.map((item) => <li key={item}>{inline(item)}</li>)}</ol> : <ul className="utrecht-unordered-list">{block.items.map((item) => <li key={item} className="utrecht-unordered-list__item">{inline(item)}</li>)}</ul>;
    case 'code': return <Copyable text={block.text} language={language} />;
    case 'table': return (
      <div className="utrecht-table-container scroll" tabIndex={0} role="group" aria-label={block.head.join(', ')}>
        <table className="utrecht-table table">
          <thead className="utrecht-table__header"><tr>{block.head.map((cell) => <th key={cell} scope="col" className="utrecht-table__header-cell">{inline(cell)}</th>)}</tr></thead>
          <tbody>{block.rows.map(([name = '', ...cells]) => <tr key={name}><th scope="row" className="utrecht-table__cell" data-head={block.head[0]}>{inline(name)}</th>{cells.map((cell, place) => <td key={place} className="utrecht-table__cell" data-head={block.head[place + 1]}>{inline(cell)}</td>)}</tr>)}</tbody>
        </table>
      </div>
    );
  }
};

/** What stands in a line: `code`, **strong** and [links](/hulp). */
const inlineForm = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(((?:\/|#|https:\/\/)[^)\s]*)\)/g;

/** A line of text with what stands in it. */
export const inline = (text: string): ReactNode => {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(inlineForm)) {
    const [whole, code, strong, words, href] = found;
    parts.push(text.slice(from, found.index));
    if (code !== undefined) parts.push(<code key={found.index} className="utrecht-code">{code}</code>);
    else if (strong !== undefined) parts.push(<strong key={found.index}>{strong}</strong>);
    else parts.push(<a key={found.index} className="utrecht-link utrecht-link--html-a" href={href}>{words}</a>);
    from = found.index + whole.length;
  }
  return [...parts, text.slice(from)];
};

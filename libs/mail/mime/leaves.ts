import { asOneLine } from './charset.js';
import { headerOf } from './headers.js';
import { isMalformed, malformed, mimeLimits, type Malformed } from './malformed.js';
import { readStructured } from './parameters.js';
import { decodeBody, readEntity, readParts, type Entity } from './parse.js';
import { decodeWords } from './words.js';

/** A part that holds no other parts, its transfer encoding removed. Attached messages and crypto parts stay closed. */
export interface Leaf {
  readonly entity: Entity;
  readonly disposition: 'inline' | 'attachment' | null;
  readonly name: string | null;
  readonly content: Uint8Array;
}

const nameMaxLength = 255;

// A name is for people; a path, a device or an invisible character in it is for something else.
const cleanName = (text: string | undefined): string | null => {
  if (text === undefined) return null;
  const last = asOneLine(decodeWords(text)).split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(/[<>:"|?*]/g, '_').trim().slice(0, nameMaxLength);
  return name === '' || name === '.' || name === '..' ? null : name;
};

const leafOf = (entity: Entity): Leaf | Malformed => {
  const value = headerOf(entity.headers, 'content-disposition');
  const disposition = value === null ? null : readStructured(value);
  if (disposition !== null && 'kind' in disposition) return disposition;
  const content = decodeBody(entity);
  if (isMalformed(content)) return content;
  return {
    entity,
    // RFC 2183 §2.8: an unknown disposition is an attachment.
    disposition: disposition === null ? null : disposition.value === 'inline' ? 'inline' : 'attachment',
    name: cleanName(disposition?.parameters.get('filename') ?? entity.contentType.parameters.get('name')),
    content,
  };
};

const collect = (entity: Entity, depth: number, leaves: Leaf[]): Malformed | null => {
  if (!entity.contentType.value.startsWith('multipart/')) {
    const leaf = leafOf(entity);
    if ('kind' in leaf) return leaf;
    return leaves.push(leaf) > mimeLimits.partsMax ? malformed('too many parts') : null;
  }
  if (depth >= mimeLimits.multipartDepthMax) return malformed('multipart nested too deep');
  const parts = readParts(entity);
  if (isMalformed(parts)) return parts;
  for (const raw of parts) {
    const part = readEntity(raw);
    const fault = 'kind' in part ? part : collect(part, depth + 1, leaves);
    if (fault !== null) return fault;
  }
  return null;
};

/** All leaves of an entity in the order they stand in, however the multiparts are nested (at most ten deep). */
export const leavesOf = (entity: Entity): readonly Leaf[] | Malformed => {
  const leaves: Leaf[] = [];
  return collect(entity, 0, leaves) ?? leaves;
};

import { messageTypes } from '@ketensluis/domain';
import { shapeOf } from './document.js';
import { jsonSchemaOf } from './json-schema.js';
import { schemaIndex } from './schema-index.js';
import { xsdOf } from './xsd.js';

/** One file of config/schema; `name` is relative to that folder. */
export interface GeneratedFile {
  readonly name: string;
  readonly content: string;
}

/** Every file of config/schema, always the same for the same definitions. */
export const generateSchemas = (): readonly GeneratedFile[] => [
  ...messageTypes.flatMap((type): readonly GeneratedFile[] => (['bericht', 'verstrekking'] as const).flatMap((kind) => {
    const shape = shapeOf(kind, type);
    const name = kind === 'bericht' ? type : `${type}.verstrekking`;
    return [
      { name: `${name}.schema.json`, content: `${JSON.stringify(jsonSchemaOf(shape), null, 2)}\n` },
      { name: `${name}.xsd`, content: xsdOf(shape) },
    ];
  })),
  { name: 'README.md', content: schemaIndex() },
];

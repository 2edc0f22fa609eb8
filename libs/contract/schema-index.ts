import { messageDefinitions, messageTypes, type Field, type MessageDefinition } from '@ketensluis/domain';

// Deeper than this only the two fields of an item of the RiHG and the parts of an address stand: 79 times the same adds nothing.
const depthShown = 4;

const rows = (fields: readonly Field[], path: string, depth: number): readonly string[] => fields.flatMap((of) => {
  const at = `${path}${of.name}`;
  const required = of.required ? 'ja' : 'nee';
  if (of.kind === 'list') return [`| \`${at}[]\` | ${of.label.nl} | | ${required} | ${of.source} |`, ...itemRows(of.item, at, depth)];
  if (of.kind !== 'group') return [`| \`${at}\` | ${of.label.nl} | ${of.category} | ${required} | ${of.source} |`];
  return [`| \`${at}\` | ${of.label.nl} | | ${required} | ${of.source} |`, ...(depth < depthShown ? rows(of.fields, `${at}.`, depth + 1) : [])];
});

const itemRows = (item: Field, at: string, depth: number): readonly string[] =>
  item.kind === 'group' ? rows(item.fields, `${at}[].`, depth + 1) : [`| \`${at}[]\`: ${item.name} | ${item.label.nl} | ${item.category} | ja | ${item.source} |`];

const section = (definition: MessageDefinition): readonly string[] => [
  `## \`${definition.type}\``, '',
  `${definition.label.nl} / ${definition.label.en}. ${definition.article}. Afzender: ${definition.senderRoles.join(', ')}. ` +
    `Bijlagen: ${definition.attachmentCategories.join(', ') || 'geen'}.`, '',
  '| veld | betekenis | categorie | verplicht | bron |', '|---|---|---|---|---|',
  ...rows(definition.fields, '', 1), '',
  ...(definition.rules.length === 0 ? [] : ['Regels over meer velden:', '', ...definition.rules.map((rule) => `- \`${rule.id}\` (${rule.article}): ${rule.remedy.nl}`), '']),
];

/** The table of all message types with their fields, in Markdown. */
export const schemaIndex = (): string => [
  '# Berichten', '',
  'Gemaakt uit `libs/domain/messages` door `npm run generate`; een test houdt deze map gelijk aan de code.',
  'Van elk bericht staan hier het XML Schema (1.0) en het JSON Schema (2020-12); `.verstrekking` is wat een ontvanger krijgt: elk veld van de',
  'inhoud kan daar zijn weggelaten. Een groep of lijst die er staat, is nooit leeg. Voorbeelden: `test/fixtures/messages`.', '',
  '| soort | betekenis | artikel | afzender | schema\'s |', '|---|---|---|---|---|',
  ...messageTypes.map((type) => {
    const { label, article, senderRoles } = messageDefinitions[type];
    const links = ['xsd', 'schema.json', 'verstrekking.xsd', 'verstrekking.schema.json'].map((suffix) => `[${suffix}](${type}.${suffix})`).join(' ');
    return `| \`${type}\` | ${label.nl} / ${label.en} | ${article} | ${senderRoles.join(', ')} | ${links} |`;
  }), '',
  ...messageTypes.flatMap((type) => section(messageDefinitions[type])),
].join('\n');

import { readDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { messageDefinitions, tellableOmissions, valueWords, type Attachment, type Field, type FieldValue, type FieldValues, type Omission, type OnwardEvent, type Role } from '@ketensluis/domain';
import type { LaterProof, OutgoingDisclosure } from '@ketensluis/flow';

/** What a person at the recipient reads; `subject` holds identifiers only (I13), `body` is for the encrypted part of the mail. */
export interface Letter {
  readonly subject: string;
  readonly body: string;
}

/** The letter that goes with an outgoing disclosure. Throws when its document is none: we made it ourselves. */
export function letterOf({ document, mediaType, number, content }: OutgoingDisclosure): Letter {
  if (content !== undefined) return letter(content, number);
  const read = readDisclosure(document, mediaType === 'application/json' ? 'application/json' : 'application/xml');
  if (read.kind === 'refused') throw new Error(`bug: an outgoing document cannot be read: ${read.code}`);
  return letter(read.disclosure, number);
}

/** The disclosure as a letter in plain Dutch. The attached document decides; the letter is the same facts for people. `number` counts per case and recipient. */
export function letter(document: DisclosureDocument, number: number): Letter {
  const { label, fields } = messageDefinitions[document.type];
  const { municipality, number: caseNumber } = document.case;
  const content = fieldLines(fields, document.fields, 1);
  const parts = [
    section(titleOf(document.event, label.nl), [
      ...row('Zaak', `${caseNumber} (gemeente ${municipality}, Wet tijdelijk huisverbod)`),
      ...row('Volgnummer', `${number} (zoveelste bericht aan u in deze zaak)`),
      ...row('Kenmerk', document.id),
      ...(document.replaces === undefined ? [] : row(document.type === 'bericht.ingetrokken' ? 'Trekt in' : 'Verbetert', `verstrekking ${document.replaces}`)),
      ...row('Verzonden door', senderLine(document)),
      ...row('Verzonden op', momentText(document.sentAt)),
      ...row('Bij ons ontvangen op', momentText(document.receivedAt)),
      ...(document.endsAt === null ? [] : row('Einde van het huisverbod', momentText(document.endsAt))),
    ]),
    section('Waarom u dit krijgt', groundLines(document)),
    section('Inhoud', content.length === 0 ? [`${indent(1)}Dit bericht heeft geen andere inhoud dan hierboven staat.`] : content),
    section('Bijlagen', document.attachments.map(attachmentLine)),
    section('Wat u niet krijgt', omissionLines(fields, tellableOmissions(document.type, document.omitted))),
    section('Goed om te weten', remarks),
    footer,
  ];
  return { subject: `Verstrekking ${number} in zaak ${municipality}/${caseNumber}`, body: `${parts.filter((part) => part !== '').join('\n\n')}\n` };
}

/** What goes with a proof that is brought afterwards: it names the disclosure and holds nothing of it. */
export function proofLetter({ id, number }: LaterProof): Letter {
  const lines = [
    `U kreeg eerder verstrekking ${number} (kenmerk ${id}) zonder handtekening van de getuigen van het logboek, omdat wachten gevaar gaf.`,
    'De getuigen hebben intussen getekend. Hierbij krijgt u het volledige bewijs; bewaar het bij dat bericht.',
    'U hoeft niets te doen.',
  ];
  return { subject: `Bewijs bij verstrekking ${number}`, body: `${lines.join('\n')}\n\n${proofFooter}\n` };
}

/** What the letter is about: for an event of the hub not the message it is about, which is an old one. */
function titleOf(event: OnwardEvent | null, label: string): string {
  switch (event) {
    case 'ENDS_IN_48_HOURS':
      return 'Het huisverbod eindigt binnen 48 uur';
    case 'ENDS_IN_24_HOURS':
      return 'Het huisverbod eindigt binnen 24 uur';
    case 'EXPIRED':
      return 'Het huisverbod is afgelopen';
    case 'FILE_FOR_COURT':
      return `Stuk van de zaak voor de rechtbank: ${label}`;
    case 'FILE_FOR_LAWYER':
      return `Stuk van de zaak voor de raadsman: ${label}`;
    case 'RULING_ONWARD':
      return `Van de burgemeester: ${label}`;
    case 'HALF_YEAR':
    case 'PERSON_REQUEST':
    case 'RESEARCH':
    case null:
      return label;
  }
}

const remarks = [
  '- Gebruik deze gegevens alleen voor uw taak in deze zaak.',
  '- Mist u een volgnummer? Neem dan contact met ons op.',
  '- Ziet u hetzelfde kenmerk twee keer? Dan is het hetzelfde bericht, opnieuw verzonden.',
  '- De bestanden "bewijs" tonen aan dat deze verstrekking in het logboek stond voordat wij haar verzonden; bewaar ze bij dit bericht.',
  '- Het bijgevoegde bestand "verstrekking" bevat dezelfde gegevens. Bij verschil geldt dat bestand.',
].map((line) => `  ${line}`);

const footer = '--\nEnglish: this is a disclosure under the Dutch Temporary Restraining Order Act; the attached file is the authoritative text.';

const proofFooter = '--\nEnglish: this is the complete proof of a disclosure you received earlier; the witnesses of the log have signed since.';

const section = (title: string, lines: readonly string[]): string => (lines.length === 0 ? '' : `${title}\n${lines.join('\n')}`);

const indent = (depth: number): string => '  '.repeat(depth);

/** One row; a text of several lines stays under its label, indented, so that it cannot pass for a heading of ours. */
function row(label: string, value: string, depth = 1): readonly string[] {
  const lines = value.split('\n');
  if (lines.length === 1) return [`${indent(depth)}${label}: ${value}`];
  return [`${indent(depth)}${label}:`, ...lines.map((line) => `${indent(depth + 1)}${line}`)];
}

function senderLine({ sender }: DisclosureDocument): string {
  const name = roleNames[sender.role];
  return sender.function === null ? `${name} (OIN ${sender.oin})` : `${name}, ${sender.function} (OIN ${sender.oin})`;
}

const modeSentences = {
  mandatory: { law: 'De wet verplicht ons u dit te geven.', policy: 'Volgens vast beleid geven wij u dit altijd.' },
  permitted: { law: 'U mag dit krijgen volgens de wet.', policy: 'U mag dit krijgen volgens vast beleid.' },
  consent: { law: 'U mag dit krijgen omdat daar toestemming voor is.', policy: 'U mag dit krijgen omdat daar toestemming voor is.' },
} as const;

function groundLines({ ground, recipient, type }: DisclosureDocument): readonly string[] {
  if (ground.mode === 'forbidden') throw new Error('bug: a disclosure on a rule that forbids it');
  return [
    `${indent(1)}${modeSentences[ground.mode][ground.authority]}`,
    ...row('U krijgt dit als', roleNames[recipient.role]),
    ...row('Artikel', ground.article),
    ...row('Regel', ground.rule),
    ...(ground.agreement === null ? [] : row('Verwerkersovereenkomst', ground.agreement)),
    ...(ground.senderAgreement === null ? [] : row('Overeenkomst van de verzender', ground.senderAgreement)),
    ...(ground.setting === null ? [] : row('Gegevensdeling van de gemeente', ground.setting)),
    ...row('Soort bericht', `${type} (${messageDefinitions[type].article})`),
  ];
}

function fieldLines(fields: readonly Field[], values: FieldValues, depth: number): readonly string[] {
  return fields.flatMap((field) => {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    return value === undefined ? [] : valueLines(field, value, { label: field.label.nl, depth });
  });
}

function valueLines(field: Field, value: FieldValue, at: { readonly label: string; readonly depth: number }): readonly string[] {
  if (field.kind === 'list') {
    if (!isList(value)) throw new Error(`bug: no list at ${field.name}`);
    return value.flatMap((item, index) => valueLines(field.item, item, { ...at, label: value.length === 1 ? at.label : `${at.label} (${index + 1})` }));
  }
  if (field.kind === 'group') {
    if (typeof value !== 'object' || isList(value)) throw new Error(`bug: no group at ${field.name}`);
    return [`${indent(at.depth)}${at.label}`, ...fieldLines(field.fields, value, at.depth + 1)];
  }
  return row(at.label, leafText(field.kind, value), at.depth);
}

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value);

function leafText(kind: Exclude<Field['kind'], 'list' | 'group'>, value: FieldValue): string {
  switch (kind) {
    case 'boolean':
      return value === true ? 'ja' : 'nee';
    case 'date':
      return dayText(String(value));
    case 'instant':
      return momentText(new Date(String(value)));
    case 'enum':
      return valueWords(String(value)).nl;
    case 'text':
    case 'integer':
    case 'bsn':
      return String(value);
  }
}

const momentFormat = new Intl.DateTimeFormat('nl-NL', {
  timeZone: 'Europe/Amsterdam', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
});
const dayFormat = new Intl.DateTimeFormat('nl-NL', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

/** Civil time (I11): terms run by the clock on the wall. */
const momentText = (moment: Date): string => `${momentFormat.format(moment).replace(/ om /, ', ')} uur`;

const dayText = (day: string): string => dayFormat.format(new Date(`${day}T00:00:00Z`));

const kibibyte = 1024;

function attachmentLine({ name, mediaType, sizeBytes }: Attachment): string {
  return `${indent(1)}- ${name} (${mediaType}, ${Math.max(1, Math.round(sizeBytes / kibibyte))} KB)`;
}

/** Names only what every message of this type has: that an optional field was filled, or a file sent, is itself something to know. */
function omissionLines(fields: readonly Field[], omitted: readonly Omission[]): readonly string[] {
  const names = [...new Set(omitted.map(({ path }) => omittedName(fields, path)))];
  if (names.length === 0) return [];
  const opening = names.length === 1 ? 'Dit gegeven stond wel in het bericht, maar mag u voor uw taak niet krijgen:' : 'Deze gegevens stonden wel in het bericht, maar mag u voor uw taak niet krijgen:';
  return [`${indent(1)}${opening}`, ...names.map((name) => `${indent(1)}- ${name}`)];
}

/** The labels along a path; which of several items it was is not told. */
function omittedName(fields: readonly Field[], path: string): string {
  const labels: string[] = [];
  let within = fields;
  for (const step of path.replace(/\[\d+\]/g, '').split('.')) {
    const field = within.find(({ name }) => name === step);
    if (field === undefined) return path;
    labels.push(field.label.nl);
    const inner = field.kind === 'list' ? field.item : field;
    within = inner.kind === 'group' ? inner.fields : [];
  }
  return labels.join(' > ');
}

const roleNames: Readonly<Record<Role, string>> = {
  GEM: 'Gemeente',
  BM: 'Burgemeester',
  OOV: 'Openbare orde en veiligheid van de gemeente',
  POL: 'Politie',
  HOVJ: 'Hulpofficier van justitie',
  VT: 'Veilig Thuis',
  INST: 'Instantie voor advies of hulp',
  RB: 'Rechtbank',
  RVS: 'Raad van State',
  ADV: 'Advocaat',
  RVR: 'Raad voor Rechtsbijstand',
  OM: 'Openbaar Ministerie',
  OPV: 'Opvang',
  ZVH: 'Zorg- en Veiligheidshuis',
  VR: 'Veiligheidsregio',
  REG: 'Regio',
  BZK: 'Ministerie',
  UHG: 'Uithuisgeplaatste',
  PART: 'Huisgenoot',
};

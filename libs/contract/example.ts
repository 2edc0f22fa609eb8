import { messageDefinitions, textForms, type Category, type Field, type FieldValue, type FieldValues, type LeafField, type MessageType, type SharingRule, type TextFormName } from '@ketensluis/domain';
import { shapeOf } from './document.js';
import { writeDocument } from './write.js';

/** Whom an example is for, and under which rule it would be given; only what that rule allows stands in it. */
export interface ExampleFor {
  readonly oin: string;
  readonly role: string;
  readonly rule: Pick<SharingRule, 'id' | 'basis' | 'authority' | 'mode' | 'allowed'>;
}

/** One invented text of each form; nothing in it is anybody's. The number of a citizen is from the range for tests. */
const forms: Readonly<Record<TextFormName, string>> = {
  postcode: '9901 AB', telefoon: '0900 000 0000', email: 'voorbeeld@voorbeeld.example', oin: '00000001900000000101', uuid: '00000000-0000-7000-8000-000000000000',
  sha256: 'ab'.repeat(32), ecli: 'ECLI:NL:RBTST:2026:1', gemeentecode: '9901', kenmerk: 'VOORBEELD-1', bestandsnaam: 'voorbeeld.pdf', mediatype: 'application/pdf', pad: 'inhoud',
};
const bsn = '999990019';
const moment = '2026-11-22T09:00:00Z';

/** A disclosure as a recipient would get it, as JSON, with invented values that follow its schema. Always the same for the same question. */
export const exampleDisclosure = (type: MessageType, { oin, role, rule }: ExampleFor): string => {
  const shape = shapeOf('verstrekking', type);
  const content = valuesOf(messageDefinitions[type].fields, (category) => rule.allowed.includes(category));
  const sender = messageDefinitions[type].senderRoles[0] ?? 'GEM';
  const values: FieldValues = {
    kenmerk: forms.uuid, zaak: { wet: 'WTH', gemeente: forms.gemeentecode, nummer: forms.kenmerk }, verzonden: moment, ontvangen: moment,
    afzender: { oin: forms.oin, rol: sender }, ontvanger: { oin, rol: role }, gebeurtenis: 'bericht',
    grondslag: {
      regel: rule.id, artikel: rule.basis, gezag: rule.authority === 'law' ? 'wet' : 'beleid', wijze: { mandatory: 'verplicht', permitted: 'toegestaan', consent: 'toestemming', forbidden: 'verboden' }[rule.mode],
      ...(rule.allowed.length === 0 ? {} : { categorieen: rule.allowed }),
    },
    ...(content === null ? {} : { inhoud: content }),
  };
  return new TextDecoder().decode(writeDocument(shape, values, 'application/json'));
};

/** Every field that may be given; null when that is none, since a group that stands there is never empty. */
const valuesOf = (fields: readonly Field[], mayGo: (category: Category) => boolean): FieldValues | null => {
  const pairs = fields.flatMap((of): readonly (readonly [string, FieldValue])[] => {
    const value = valueOf(of, mayGo);
    return value === null ? [] : [[of.name, value]];
  });
  return pairs.length === 0 ? null : Object.fromEntries(pairs);
};

const valueOf = (of: Field, mayGo: (category: Category) => boolean): FieldValue | null => {
  switch (of.kind) {
    case 'group': return valuesOf(of.fields, mayGo);
    case 'list': {
      const item = valueOf(of.item, mayGo);
      return item === null ? null : [item];
    }
    default: return mayGo(of.category) ? leafOf(of) : null;
  }
};

const leafOf = (of: LeafField): FieldValue => {
  switch (of.kind) {
    case 'text': return of.form === null ? `Voorbeeld: ${of.label.nl}`.slice(0, of.maxLength).trim() : forms[of.form].slice(0, textForms[of.form].maxLength);
    case 'date': return of.name.includes('geboorte') ? '1980-05-01' : moment.slice(0, 10);
    case 'instant': return moment;
    case 'bsn': return bsn;
    case 'boolean': return true;
    case 'integer': return of.min;
    case 'enum': return of.values[0] ?? '';
  }
};

import { categories, categoryNames, contractParts, personKinds, roleNames, roles, type Role, type Agreement, type LawPack } from '@ketensluis/domain';
import type { ReactNode } from 'react';
import type { Attended } from '../route.js';
import { CheckField, FaultSummary, FileField, SelectField, TextArea, TextField, type Faults } from '../shell/fields.js';
import { Card, Form, Submit } from '../shell/parts.js';
import { countRoles, givenCategories, outsideRoles, type FilledAgreement } from './read-form.js';
import { dayField } from './day-field.js';
import { agreementWords } from './words.js';

/** What the form begins with: the agreement as it is, or everything the rules of the law could need. */
export const filledFrom = (current: Agreement | null, pack: LawPack): FilledAgreement => {
  const signer = (signature: Agreement['signedByController']) => ({ person: signature?.person ?? '', function: signature?.function ?? '', day: dayField(signature?.signedAt ?? null) });
  return {
    template: current?.template ?? 'VNG', purposes: current?.purposes ?? '', mandate: current?.mandate ?? '', from: dayField(current?.from ?? null), to: dayField(current?.to ?? null), reason: '',
    subprocessors: (current?.subprocessors ?? []).map(({ name, country, purpose, approvedAt }) => [name, country, purpose, ...(approvedAt === null ? [] : [dayField(approvedAt)])].join('; ')).join('\n'),
    signers: { gemeente: signer(current?.signedByController ?? null), verwerker: signer(current?.signedByProcessor ?? null) },
    categories: new Set<string>(current?.categories ?? givenCategories(pack)), persons: new Set<string>(current?.personKinds ?? personKinds),
    recipients: new Set<string>(current?.recipientsAllowed.map(({ role }) => role) ?? outsideRoles(pack)), counts: new Set<string>(current?.countsTo ?? []), checks: new Set(),
  };
};

interface FormProps {
  readonly visit: Attended;
  readonly pack: LawPack;
  readonly to: string;
  readonly filled: FilledAgreement;
  readonly faults: Faults;
  /** Its document was uploaded or registered before. */
  readonly hasDocument: boolean;
}

const labelsOf = ({ fields }: ReturnType<typeof agreementWords>): Readonly<Record<string, string>> => ({
  doel: fields.purposes, van: fields.from, tot: fields.to, categorie: fields.categories, persoon: fields.personKinds, ontvanger: fields.recipientsAllowed, mandaat: fields.mandate, reden: fields.reason,
  'gemeente-naam': fields.signedByController, 'gemeente-dag': fields.signedByController, 'verwerker-naam': fields.signedByProcessor, 'verwerker-dag': fields.signedByProcessor,
});

/** The form of an agreement, new or as it is. */
export const AgreementForm = (props: FormProps) => {
  const { visit, pack, to, filled, faults, hasDocument } = props;
  const { language } = visit;
  const words = agreementWords(language);
  const { fields, hints } = words;
  // What the agreement names stays to be seen, also where no rule of the law asks for it.
  const [given, outside] = [new Set(givenCategories(pack)), new Set(outsideRoles(pack))];
  return (
    <>
      <p className="lead">{words.formLead}</p>
      <FaultSummary faults={faults} language={language} labels={labelsOf(words)} />
      <Form visit={visit} to={to} hasFiles>
        <Card title={words.facts}>
          <FileField name="pdf" label={fields.pdf} hint={<>{hints.pdf}{hasDocument ? ` ${hints.pdfKeep}` : null}{Object.keys(faults).length === 0 ? null : ` ${words.chooseAgain}`}</>} language={language} accept="application/pdf,.pdf" fault={faults['pdf']} />
          <SelectField name="model" label={fields.template} language={language} value={filled.template} options={[['VNG', words.templates.VNG], ['own', words.templates.own], ['supplier', words.templates.supplier]]} />
          <TextArea name="doel" label={fields.purposes} language={language} value={filled.purposes} fault={faults['doel']} rows={3} />
          <TextField name="van" label={fields.from} hint={hints.day} language={language} value={filled.from} fault={faults['van']} inputMode="numeric" />
          <TextField name="tot" label={fields.to} hint={hints.to} language={language} value={filled.to} fault={faults['tot']} isOptional inputMode="numeric" />
        </Card>
        <Card title={fields.checks}>
          <Choice name="onderdeel" legend={fields.checks} hint={hints.checks} fault={faults['onderdeel']} options={contractParts.map((part) => [part, words.parts[part]])} chosen={filled.checks} />
        </Card>
        <Card title={fields.categories}>
          <Choice name="categorie" legend={fields.categories} fault={faults['categorie']} options={categories.filter((one) => given.has(one) || filled.categories.has(one)).map((one) => [one, `${categoryNames[one][language]} (${one})`])} chosen={filled.categories} />
          <Choice name="persoon" legend={fields.personKinds} fault={faults['persoon']} options={personKinds.map((kind) => [kind, words.personKinds[kind]])} chosen={filled.persons} isShown />
          <Choice name="ontvanger" legend={fields.recipientsAllowed} fault={faults['ontvanger']} options={roles.filter((role) => outside.has(role) || filled.recipients.has(role)).map((role) => [role, roleNames[role][language]])} chosen={filled.recipients} isShown />
          <Choice name="aantallen" legend={fields.countsTo} fault={faults['aantallen']} options={roles.filter((role) => isCountRole(role) || filled.counts.has(role)).map((role) => [role, roleNames[role][language]])} chosen={filled.counts} isShown />
          <TextArea name="subverwerkers" label={fields.subprocessors} hint={hints.subprocessors} language={language} value={filled.subprocessors} fault={faults['subverwerkers']} isOptional rows={3} />
        </Card>
        <Card title={`${fields.signedByController} / ${fields.signedByProcessor}`}>
          <p>{hints.signature}</p>
          <Signer {...props} who="gemeente" legend={fields.signedByController} />
          <Signer {...props} who="verwerker" legend={fields.signedByProcessor} />
          <TextField name="mandaat" label={fields.mandate} hint={hints.mandate} language={language} value={filled.mandate} fault={faults['mandaat']} />
        </Card>
        <Card>
          <TextArea name="reden" label={fields.reason} hint={hints.reason} language={language} value={filled.reason} fault={faults['reden']} rows={3} />
          <Submit>{words.submit}</Submit>
        </Card>
      </Form>
    </>
  );
};

const isCountRole = (role: Role): boolean => countRoles.some((one) => one === role);

const Choice = ({ name, legend, hint, fault, options, chosen, isShown = false }: {
  readonly name: string; readonly legend: string; readonly hint?: ReactNode; readonly fault: string | undefined; readonly options: readonly (readonly [string, string])[]; readonly chosen: ReadonlySet<string>; readonly isShown?: boolean;
}) => (
  <fieldset className={`field${fault === undefined ? '' : ' field--bad'}`} id={`v-${name}`} tabIndex={-1}>
    <legend className={isShown ? undefined : 'hidden'}>{legend}</legend>
    {hint === undefined ? null : <p className="field__hint">{hint}</p>}
    {fault === undefined ? null : <p className="field__fault">{fault}</p>}
    <div className="choices">{options.map(([value, text]) => <CheckField key={value} name={name} value={value} label={text} isChecked={chosen.has(value)} />)}</div>
  </fieldset>
);

const Signer = ({ visit: { language }, filled, faults, who, legend }: FormProps & { readonly who: 'gemeente' | 'verwerker'; readonly legend: string }) => {
  const words = agreementWords(language);
  const signer = filled.signers[who];
  return (
    <fieldset className="field">
      <legend>{legend}</legend>
      <div className="choices">
        <TextField name={`${who}-naam`} label={words.signer.person} language={language} value={signer.person} fault={faults[`${who}-naam`]} />
        <TextField name={`${who}-functie`} label={words.signer.function} language={language} value={signer.function} />
        <TextField name={`${who}-dag`} label={words.signer.day} hint={words.hints.day} language={language} value={signer.day} fault={faults[`${who}-dag`]} inputMode="numeric" />
      </div>
    </fieldset>
  );
};

import type { ReactNode } from 'react';
import type { Language } from './language.js';
import { noticeClass } from './parts.js';
import { shellWords } from './words.js';

/** What is wrong with a form: per field one sentence that says what to do. The empty name is for the form as a whole. */
export type Faults = Readonly<Record<string, string>>;

/** One question of a form. */
export interface FieldProps {
  readonly name: string;
  readonly label: ReactNode;
  readonly language: Language;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  readonly isOptional?: boolean;
  readonly value?: string | null | undefined;
}

const idOf = (name: string): string => `v-${name.replace(/[^a-z0-9]/gi, '-')}`;

// What describes a field is read out with it: first what is wrong, then the hint.
const described = ({ name, hint, fault }: Pick<FieldProps, 'name' | 'hint' | 'fault'>) => {
  const ids = [...(fault === undefined ? [] : [`${idOf(name)}-f`]), ...(hint === undefined ? [] : [`${idOf(name)}-h`])];
  return { id: idOf(name), name, ...(ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }), ...(fault === undefined ? {} : { 'aria-invalid': true as const }) };
};

const Framed = ({ name, label, hint, fault, isOptional, language, children }: FieldProps & { readonly children: ReactNode }) => (
  <div className={fieldClass(fault)}>
    <label className="utrecht-form-label" htmlFor={idOf(name)}>{label}{isOptional === true ? <span className="field__optional"> ({shellWords(language).optional})</span> : null}</label>
    <Hint id={`${idOf(name)}-h`} hint={hint} />
    <Fault id={`${idOf(name)}-f`} fault={fault} />
    {children}
  </div>
);

const fieldClass = (fault: string | undefined): string => `utrecht-form-field field${fault === undefined ? '' : ' utrecht-form-field--invalid field--bad'}`;
const Hint = ({ id, hint }: { readonly id: string; readonly hint: ReactNode }) => (hint === undefined ? null : <p className="utrecht-form-field-description field__hint" id={id}>{hint}</p>);
const Fault = ({ id, fault }: { readonly id: string; readonly fault: string | undefined }) => (fault === undefined ? null : <p className="utrecht-form-field-error-message field__fault" id={id}>{fault}</p>);

// `kind` is the component of the NL Design System that the element is.
const inputClass = (kind: 'textbox' | 'textarea' | 'select', fault: string | undefined): string => `utrecht-${kind}${fault === undefined ? '' : ` utrecht-${kind}--invalid`} input`;

/** A line of text. Days with legal effect are asked as text `dd-mm-jjjj`: a date field shows the order of the browser's own language. */
export const TextField = (props: FieldProps & { readonly type?: 'text' | 'search' | 'email' | 'url'; readonly lengthMax?: number; readonly autoComplete?: string; readonly inputMode?: 'numeric' }) => (
  <Framed {...props}><input className={`${inputClass('textbox', props.fault)} utrecht-textbox--html-input`} type={props.type ?? 'text'} defaultValue={props.value ?? ''} maxLength={props.lengthMax ?? 200} autoComplete={props.autoComplete ?? 'off'} {...(props.inputMode === undefined ? {} : { inputMode: props.inputMode })} {...described(props)} /></Framed>
);

/** Lines of text. */
export const TextArea = (props: FieldProps & { readonly rows?: number; readonly lengthMax?: number }) => (
  <Framed {...props}><textarea className={inputClass('textarea', props.fault)} rows={props.rows ?? 4} maxLength={props.lengthMax ?? 2000} defaultValue={props.value ?? ''} {...described(props)} /></Framed>
);

/** One of a list. */
export const SelectField = (props: FieldProps & { readonly options: readonly (readonly [string, string])[] }) => (
  <Framed {...props}>
    <select className={inputClass('select', props.fault)} defaultValue={props.value ?? ''} {...described(props)}>{props.options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select>
  </Framed>
);

/** A file. */
export const FileField = (props: FieldProps & { readonly accept: string }) => <Framed {...props}><input className={inputClass('textbox', props.fault)} type="file" accept={props.accept} {...described(props)} /></Framed>;

/** Yes or no, as part of a form. */
export const CheckField = ({ name, label, value = 'ja', isChecked = false, hint }: { readonly name: string; readonly label: ReactNode; readonly value?: string; readonly isChecked?: boolean; readonly hint?: ReactNode }) => {
  const id = idOf(`${name}-${value}`);
  return (
    <div className="check"><input type="checkbox" className="utrecht-checkbox utrecht-checkbox--html-input" id={id} name={name} value={value} defaultChecked={isChecked} {...(hint === undefined ? {} : { 'aria-describedby': `${id}-h` })} /><label className="utrecht-form-label utrecht-form-label--checkbox" htmlFor={id}>{label}</label>
      <Hint id={`${id}-h`} hint={hint} /></div>
  );
};

/** One of a few, all in sight. */
export const RadioField = ({ name, label, options, value, fault, hint }: Pick<FieldProps, 'name' | 'label' | 'value' | 'fault' | 'hint'> & { readonly options: readonly (readonly [string, ReactNode])[] }) => (
  <fieldset className={fieldClass(fault)} id={idOf(name)} tabIndex={-1} aria-describedby={[...(fault === undefined ? [] : [`${idOf(name)}-f`]), ...(hint === undefined ? [] : [`${idOf(name)}-h`])].join(' ') || undefined}>
    <legend className="utrecht-form-label">{label}</legend>
    <Hint id={`${idOf(name)}-h`} hint={hint} />
    <Fault id={`${idOf(name)}-f`} fault={fault} />
    {options.map(([own, text]) => (
      <div className="check" key={own}><input type="radio" className="utrecht-radio-button utrecht-radio-button--html-input" id={idOf(`${name}-${own}`)} name={name} value={own} defaultChecked={own === value} /><label className="utrecht-form-label utrecht-form-label--radio" htmlFor={idOf(`${name}-${own}`)}>{text}</label></div>
    ))}
  </fieldset>
);

/** All that is wrong, at once and first on the page, each with a link to its field, under its label where the sentence does not name it. Nothing when there is nothing wrong. */
export const FaultSummary = ({ faults, language, labels = {} }: { readonly faults: Faults; readonly language: Language; readonly labels?: Readonly<Record<string, string>> }) => {
  const rows = Object.entries(faults);
  const words = shellWords(language);
  return rows.length === 0 ? null : (
    <div className={noticeClass('bad')} role="alert" tabIndex={-1} id="fouten" autoFocus>
      <h2 className="notice__title">{words.faults}</h2>
      <ul>{rows.map(([name, text]) => <li key={name}>{name === '' ? text : <a href={`#${idOf(name)}`}>{labels[name] === undefined ? text : `${labels[name]}: ${text}`}</a>}</li>)}</ul>
      <p>{words.faultsNext}</p>
    </div>
  );
};

import type { Attended } from '../route.js';
import { TextArea } from '../shell/fields.js';
import type { Language } from '../shell/language.js';
import { actWords } from './act-words.js';

const reasonMax = 500;

/** A reason that goes to the log, or what is wrong with it. */
export type ReadReason = { readonly kind: 'read'; readonly reason: string } | { readonly kind: 'fault'; readonly text: string; readonly fault: string };

/** Reads the reason of a form. */
export const readReason = ({ form, language }: Attended, name = 'reden'): ReadReason => {
  const words = actWords(language);
  const text = (form.get(name) ?? '').trim();
  if (text === '') return { kind: 'fault', text, fault: words.reasonMissing };
  return text.length > reasonMax ? { kind: 'fault', text, fault: words.reasonLong } : { kind: 'read', reason: text };
};

/** Asks for it; `name` sets forms on one page apart. */
export const ReasonField = ({ language, read, name = 'reden' }: { readonly language: Language; readonly read?: ReadReason | undefined; readonly name?: string }) => {
  const words = actWords(language);
  const fault = read?.kind === 'fault' ? read : null;
  return <TextArea name={name} label={words.reason} hint={words.reasonHint} rows={2} lengthMax={2000} language={language} value={fault?.text} fault={fault?.fault} />;
};

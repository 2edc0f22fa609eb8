import { messageDefinitions, messageTypes } from '@ketensluis/domain';
import type { Language } from './language.js';

/** A type of message by its name, also of `type@version`; what is none, or is none any more, by its code. */
export const typeName = (type: string, language: Language): string => {
  const [code] = type.split('@');
  const found = messageTypes.find((one) => one === code);
  return found === undefined ? type : messageDefinitions[found].label[language];
};

/** Which version a reference of the register means, of `key@version`; empty when it names none. */
export const versionText = (reference: string, language: Language): string => {
  const [, version] = reference.split('@');
  return version === undefined ? '' : `${language === 'nl' ? 'versie' : 'version'} ${version}`;
};

/** The rules of a law in one version, of `law@version`, as people cite the law. */
export const lawText = (reference: string, language: Language): string =>
  [`${reference.charAt(0).toUpperCase()}${reference.split('@')[0]?.slice(1) ?? ''}`, versionText(reference, language)].filter((part) => part !== '').join(', ');

import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { registersOf, type Registers } from './registers.js';

/** Every register document of `config/practice`, as it stands in the files. */
export const practiceDocuments = (): readonly unknown[] =>
  ['parties', 'agreements', 'settings', 'mandates', 'designations'].flatMap((name) => {
    const value: unknown = parse(readFileSync(new URL(`../../config/practice/${name}.yaml`, import.meta.url), 'utf8'));
    if (!Array.isArray(value)) throw new Error(`bug: ${name}.yaml is no list`);
    return value;
  });

/** The registers of the practice region, each document in version 1. */
export const practiceRegisters = (): Registers => registersOf(practiceDocuments().map((body) => ({ version: 1, body })));

export * from './adl.js';
export * from './entry.js';
export { spanOf, traceOfEntry, uuidOf } from './identifiers.js';
export { ldvLines, type LdvLine } from './ldv.js';
export * from './nen7513.js';
export * from './otlp.js';
export * from './settings.js';
export * from './vng.js';

export * from './disclosure.js';
export * from './limits.js';
export { namespace, type DocumentKind, type DocumentMediaType } from './document.js';
export { type Problem, type ReadRefusal, type ReadRefusalCode } from './problem.js';
export { checkFields, readMessage, type ReadMessage } from './read.js';
export { type Checked, type RawValue } from './check.js';
export { writeMessage } from './write.js';
export * from './generate.js';

export type * from './party-adapter.js';

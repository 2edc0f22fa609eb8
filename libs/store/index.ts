export { listen, ring, rings, type Ring } from './bell.js';
export { uuidV7 } from './ids.js';
export * from './log/index.js';
export { migrate } from './migrate.js';
export { inTransaction, openPool, type Queryable } from './pool.js';
export { isSealing } from './readiness.js';
export { currentRegister, registerMark, type RegisterRow } from './register.js';
export { createLogStore, createStore, LogNotSigned, type Store } from './store.js';
export { createVault, type DataKey, type Vault } from './vault.js';

export { practiceClock, systemClock, type PracticeClock } from './clock.js';
export { configurationKeys, describeProblems, readConfiguration, type Configuration, type ConfigurationProblem } from './config.js';
export { HUB, serveHttp, type HttpServer } from './http.js';
export { openHub, signerPlace, type Hub, type HubOptions } from './hub.js';
export { derOf, readIdentity, readTrust, type Identity } from './identity.js';
export { openEventLog, type EventLog } from './logging.js';
export { findRunningPostgres, startEmbeddedPostgres, type EmbeddedPostgres } from './postgres/embedded.js';
export { createRegister } from './register.js';
export { positioned, readLawPack } from './registers.js';
export { recordOutsideAct } from './upkeep.js';
export {
  checkColumns, closeTask, decisionsOf, exportLog, freeLeases, isQuiet, listen, loadProof, messageState, migrate, movePracticeClock, openDuties, openPool, openTasks, practiceBehaviours, releaseParked, retryDelivery, setPracticeBehaviour,
  type DecidedRow, type HubState, type Ring,
} from '@ketensluis/store';

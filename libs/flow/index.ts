export type * from './entry.js';
export type * from './party-adapter.js';
export type * from './ports.js';
export { plainEntry } from './entry.js';
export { seal } from './seal.js';
export { deliver, type DeliverPorts } from './deliver.js';
export { receive, type ReceivePorts, type Verdict } from './receive.js';
export { disclose, planDisclosure, type DisclosePorts, type PlanContext } from './disclose.js';
export { applyLawPack, applyRegister, previewRegister, type RegisterPorts, type RegisterStep } from './apply-register.js';

export { openBroker, type Broker, type BrokerEvent, type BrokerOptions } from './broker.js';
export { placeOf } from './line.js';
export { BrokerNotUsable } from './problem.js';

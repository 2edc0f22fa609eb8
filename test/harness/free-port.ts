// Of tests and drill alike; from here, because the spec of a library does not look into an app.
export { freePort } from '../../apps/practice/free-port.js';

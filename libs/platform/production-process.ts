import { url as inspectorUrl } from 'node:inspector';
import { DEFAULT_MIN_VERSION } from 'node:tls';
import type { StartProblem } from './production.js';

/** How the program itself was started. */
export interface ProcessFacts {
  readonly environment: NodeJS.ProcessEnv;
  /** What was said to Node.js on its command line. */
  readonly execArgv: readonly string[];
  readonly tlsMinVersion: string;
  readonly isInspected: boolean;
}

/** Those of this process. */
export const processFacts = (): ProcessFacts =>
  ({ environment: process.env, execArgv: process.execArgv, tlsMinVersion: DEFAULT_MIN_VERSION, isInspected: inspectorUrl() !== undefined });

// Each makes Node.js write down or let through what is secret here.
const looseOptions = ['--tls-keylog', '--trace-tls', '--tls-min-v1.0', '--tls-min-v1.1', '--insecure-http-parser', '--inspect', '--inspect-brk', '--inspect-wait'];

/** What of it a hub for real parties does not start with: weak TLS, or a way to look along with it. */
export const processProblems = ({ environment, execArgv, tlsMinVersion, isInspected }: ProcessFacts): readonly StartProblem[] => {
  const given = [...execArgv, ...(environment['NODE_OPTIONS'] ?? '').split(/\s+/)].map((option) => option.split('=')[0] ?? '');
  const loose = looseOptions.filter((option) => given.includes(option));
  return [
    ...(environment['NODE_ENV'] === 'production' ? [] : [{ problem: `NODE_ENV is ${environment['NODE_ENV'] === undefined ? 'not set' : 'not production'}: pages would be slow, and faults shown with more than they should.`, remedy: 'Set NODE_ENV=production, or start with npx ketensluis, which does.' }]),
    ...(environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' ? [{ problem: 'NODE_TLS_REJECT_UNAUTHORIZED is 0: no certificate of any server would be checked.', remedy: 'Leave it out; name an authority of your own with NODE_EXTRA_CA_CERTS.' }] : []),
    ...(tlsMinVersion < 'TLSv1.2' ? [{ problem: `TLS is permitted from ${tlsMinVersion} on.`, remedy: 'Leave out the option of Node.js that says so: 1.2 is the least.' }] : []),
    ...(loose.length === 0 ? [] : [{ problem: `Node.js was started with ${loose.join(', ')}.`, remedy: 'Leave it out of the command and of NODE_OPTIONS.' }]),
    ...(environment['NODE_DEBUG'] === undefined || environment['NODE_DEBUG'] === '' ? [] : [{ problem: 'NODE_DEBUG is set: Node.js would write down what passes.', remedy: 'Leave it out.' }]),
    ...(isInspected ? [{ problem: 'A debugger can be attached to this process: whoever does reads everything.', remedy: 'Start it without --inspect, and send it no SIGUSR1.' }] : []),
  ];
};

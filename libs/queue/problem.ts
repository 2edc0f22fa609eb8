/** Why a broker cannot be used as it is; waiting does not mend it, a person does. */
export type BrokerCode = 'address' | 'login' | 'vhost' | 'rights' | 'topology' | 'certificate';

/** A broker that must be put right first. The message names what to do, and no password. */
export class BrokerNotUsable extends Error {
  constructor(readonly code: BrokerCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'BrokerNotUsable';
  }
}

/** What a person is told of: where the hub knocks, and by which name. */
export interface BrokerPlace {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly user: string;
}

const certificateCodes = new Set(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID']);

const codeIn = (fault: unknown): string => (fault instanceof Error && 'code' in fault ? String(fault.code) : '');

/** The refusal a fault of connecting or declaring stands for; null for one that may be over in a while, such as a broker that is away. */
export const brokerProblem = (fault: unknown, { host, port, vhost, user }: BrokerPlace): BrokerNotUsable | null => {
  if (fault instanceof BrokerNotUsable) return fault;
  const text = fault instanceof Error ? fault.message : '';
  const at = `The broker at ${host}:${port}`;
  const told = (code: BrokerCode, sentence: string): BrokerNotUsable => new BrokerNotUsable(code, `${at} ${sentence}`, fault);
  if (certificateCodes.has(codeIn(fault))) {
    return told('certificate', `shows a certificate that is not believed (${codeIn(fault)}). Name the file of its authority with KETENSLUIS_BROKER_CA, and connect by the name in its certificate.`);
  }
  if (/Handshake terminated by server: 403/.test(text)) return told('login', `does not know user '${user}' with this password. Set both in KETENSLUIS_BROKER_URL: amqps://user:password@host/vhost`);
  // RabbitMQ closes in the same way for both, and the library passes on no more.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(text)) {
    return told('vhost', `has no virtual host '${vhost}', or user '${user}' may not use it. Make it: rabbitmqctl add_vhost ${vhost}; and give the rights: ${rightsCommand(vhost, user)}`);
  }
  if (codeIn(fault) === '403') return told('rights', `refuses user '${user}' a right in virtual host '${vhost}'. Give the rights: ${rightsCommand(vhost, user)}`);
  if (codeIn(fault) === '406') {
    const name = /inequivalent arg '[^']*' for (?:queue|exchange) '([^']*)'/.exec(text)?.[1] ?? 'of ours';
    const what = / for exchange '/.test(text) ? 'exchange' : 'queue';
    return told('topology', `holds the ${what} '${name}' of another release in virtual host '${vhost}'. ${topologyRemedy(what, name, vhost)} PostgreSQL brings back what was in it.`);
  }
  return null;
};

const rightsCommand = (vhost: string, user: string): string => `rabbitmqctl set_permissions -p ${vhost} ${user} '^ketensluis\\..*' '^ketensluis\\..*' '^ketensluis\\..*'`;

const topologyRemedy = (what: 'queue' | 'exchange', name: string, vhost: string): string =>
  what === 'queue' ? `Stop every worker, delete it (rabbitmqctl delete_queue ${name} -p ${vhost}) and start again.`
    : `Stop every worker, make the virtual host anew (rabbitmqctl delete_vhost ${vhost}, then add_vhost and set_permissions) and start again.`;

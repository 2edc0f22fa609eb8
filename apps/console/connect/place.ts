import { isWithin, partyOf, type LawPack, type Party, type Registers } from '@ketensluis/domain';
import { deskStore } from '@ketensluis/platform';
import type { Attended } from '../route.js';
import type { Desk } from '../desk.js';

/** The party of the person who looks, and what it is judged by. */
export interface Own {
  readonly party: Party;
  readonly registers: Registers;
  readonly pack: LawPack;
}

/** Null when the register does not have the party any more; then there is nothing to connect. */
export const ownOf = async ({ desk, person, now }: Pick<Attended, 'desk' | 'person' | 'now'>): Promise<Own | null> => {
  const { registers, pack } = await desk.hub.registers.current();
  const party = person.party === null ? null : partyOf(registers, person.party);
  return party === null || !isWithin(party, now) ? null : { party, registers, pack };
};

/** How far parties are with connecting. */
export const connectionsOf = (desk: Desk): deskStore.Connections => deskStore.createConnections(desk.hub.pool);

/** Where a channel goes, in one line; null where nobody is called. */
export const addressOf = ({ channel }: Pick<Party, 'channel'>): string | null => {
  switch (channel?.kind) {
    case 'webhook': return channel.url;
    case 'smime-mail':
    case 'secure-mail': return channel.address;
    case 'portal': return channel.portalNotice;
    case 'feed':
    case undefined: return null;
  }
};

/** The lines a person copies into a terminal, with everything filled in that is no secret. */
export const commandsFor = (desk: Desk, { oin, key }: Pick<Party, 'oin' | 'key'>) => {
  const { hub, configuration, practice } = desk;
  // The keys of practice stand beside the hub; those of real parties stand where only they can reach.
  const [keys, log] = practice === null ? ['./sleutels', 'log.vkey'] : [`${configuration.dataFolder}/practice/${key}`, `${configuration.dataFolder}/signer/log.vkey`];
  const tls = `--cert ${keys}/tls.cert.pem --key ${keys}/tls.key.pem${practice === null ? '' : ` --cacert ${configuration.dataFolder}/practice/ca/root.cert.pem`}`;
  return {
    receiver: `npx ketensluis receiver --oin ${oin} --keys ${keys} --log ${log} --secret webhook.secret --listen localhost:9443`,
    // Typed in, so that it stands in no history of commands.
    secretFile: 'cat > webhook.secret',
    test: `curl ${tls} -H 'content-type: application/json' -H "idempotency-key: $(uuidgen | tr A-Z a-z)" -d '{}' ${hub.publicUrl}/api/v1/testberichten`,
    keys: `curl ${tls} ${hub.publicUrl}/api/v1/sleutels`,
    token: (client: string) => `curl ${tls} -d grant_type=client_credentials -d client_id=${client} -d scope=leveringen ${hub.publicUrl}/oauth/token`,
    newKey: `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key.pem -out tls.csr -subj "/serialNumber=${oin}/CN=${key}"`,
    deliveries: `curl ${tls} ${hub.publicUrl}/api/v1/leveringen`,
  };
};

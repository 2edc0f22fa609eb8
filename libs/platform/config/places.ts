import { z } from 'zod';
import { path, type ConfigurationRow } from './row.js';

/** Where the hub keeps things, and files that say more. */
export const placeRows = {
  configFile: {
    key: 'KETENSLUIS_CONFIG', meaning: 'File with settings, as this one; only in the environment.',
    consequence: 'Without it hub.yaml in the data folder is read when it is there. What stands in the environment wins over the file.',
    expected: 'a file this account may read', example: '/etc/ketensluis/hub.yaml', initial: null, read: path,
  },
  dataFolder: {
    key: 'KETENSLUIS_DATA', meaning: 'Folder of keys, log key, spool and the built-in database; made when absent.',
    consequence: 'Back it up together with the database. Commands beside the hub must be given the same one.',
    expected: 'a folder this account may write in', example: '/var/lib/ketensluis', initial: './data', read: path,
  },
  databaseUrl: {
    key: 'KETENSLUIS_DATABASE_URL', meaning: 'A PostgreSQL server of your own (16 or newer) instead of the built-in one.',
    consequence: 'Without it the hub starts a PostgreSQL in the data folder, for one hub on one computer.',
    expected: 'a PostgreSQL address', example: 'postgres://ketensluis:secret@db.example/ketensluis', initial: null, isSecret: true,
    read: z.url({ protocol: /^postgres(ql)?$/ }),
  },
  brokerUrl: {
    key: 'KETENSLUIS_BROKER_URL', meaning: 'A RabbitMQ server (3.10 or newer) that spreads the work over many workers; every process that decides or delivers gets the same one.',
    consequence: 'Without it the tables of PostgreSQL are the queue. amqp instead of amqps sends its password as it is: on this computer only.',
    expected: 'an address of a broker with its virtual host', example: 'amqps://ketensluis:secret@broker.example/ketensluis', initial: null, isSecret: true,
    read: z.url({ protocol: /^amqps?$/ }),
  },
  brokerCa: {
    key: 'KETENSLUIS_BROKER_CA', meaning: 'File (PEM) with the authority that vouches for the certificate of the broker.',
    consequence: 'Without it the authorities of this computer are believed.',
    expected: 'a file this account may read', example: '/etc/ketensluis/broker-ca.pem', initial: null, read: path,
  },
  trust: {
    key: 'KETENSLUIS_TRUST', meaning: 'Folder with the trust sets: whom the hub believes (config/trust/README.md). Not in practice.',
    consequence: 'Without it and an address the hub is for practice only.',
    expected: 'a folder this account may read, together with KETENSLUIS_ADDRESS', example: '/etc/ketensluis/trust', initial: null, read: path,
  },
  signIn: {
    key: 'KETENSLUIS_SIGN_IN', meaning: 'File that says how people sign in (OpenID Connect); see config/sign-in/example.yaml.',
    consequence: 'Without it practice has its own accounts, and a hub for real parties has no console.',
    expected: 'a file', example: '/etc/ketensluis/sign-in.yaml', initial: null, read: path,
  },
  witnessPolicy: {
    key: 'KETENSLUIS_WITNESS_POLICY', meaning: 'File that names the witnesses of the log and how many must sign (C2SP tlog-policy).',
    consequence: "Without it the log's own signature suffices; in practice two municipalities witness.",
    expected: 'a file this account may read', example: '/etc/ketensluis/witnesses', initial: null, read: path,
  },
  mailboxes: {
    key: 'KETENSLUIS_MAILBOXES', meaning: 'File that names the mailboxes to read (IMAP), for parties whose mail cannot reach our SMTP.',
    consequence: 'Without it none are read.',
    expected: 'a file this account may read', example: '/etc/ketensluis/mailboxes.yaml', initial: null, read: path,
  },
} as const satisfies Readonly<Record<string, ConfigurationRow>>;

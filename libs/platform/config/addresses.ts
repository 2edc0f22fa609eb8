import { z } from 'zod';
import { origin, port, portExpected, type ConfigurationRow } from './row.js';

/** Where the hub listens, and under which addresses others know it. */
export const addressRows = {
  host: {
    key: 'KETENSLUIS_HOST', meaning: 'Address to listen on.',
    consequence: 'Without it only this computer reaches the hub. Health, without TLS, listens on it too: let a firewall keep that port.',
    expected: 'an IP address or host name of this computer', example: '0.0.0.0', initial: '127.0.0.1',
    read: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
  },
  smtpPort: {
    key: 'KETENSLUIS_SMTP_PORT', meaning: 'Port for mail from the parties.',
    consequence: 'Mail servers of others come to port 25 only: use that, or lead it here.',
    expected: portExpected, example: '25', initial: '2525', read: port,
  },
  httpPort: {
    key: 'KETENSLUIS_HTTP_PORT', meaning: 'Port for health and the log, without TLS.',
    consequence: 'Readers of the log need a proxy with TLS before it.',
    expected: portExpected, example: '8090', initial: '8080', read: port,
  },
  apiPort: {
    key: 'KETENSLUIS_API_PORT', meaning: 'Port for the API, webhooks and feeds of the parties, with TLS.',
    consequence: 'A proxy before it must pass TLS on: parties identify themselves in it.',
    expected: portExpected, example: '9444', initial: '8443', read: port,
  },
  publicUrl: {
    key: 'KETENSLUIS_PUBLIC_URL', meaning: 'Address under which the parties know the API: issuer and audience of its tokens.',
    consequence: 'Without it https://localhost with the port of the API. A change ends tokens and makes every party change its address.',
    expected: 'an https address without a path', example: 'https://ketensluis.example', initial: null,
    read: origin(/^https$/),
  },
  consolePort: {
    key: 'KETENSLUIS_CONSOLE_PORT', meaning: 'Port for the console, for people.',
    consequence: 'With a console address of its own it speaks TLS.',
    expected: portExpected, example: '9443', initial: '8081', read: port,
  },
  consoleUrl: {
    key: 'KETENSLUIS_CONSOLE_URL', meaning: 'Address under which people find the console; another one than this computer is https.',
    consequence: 'Without it http://localhost with the port of the console, which works on this computer only. The identity provider must know it.',
    expected: 'an https address without a path, or http://localhost with a port', example: 'https://console.ketensluis.example', initial: null,
    read: origin(/^https?$/).refine((url) => url.startsWith('https:') || /^http:\/\/localhost(:\d+)?$/.test(url)),
  },
  signInPort: {
    key: 'KETENSLUIS_SIGN_IN_PORT', meaning: 'Port of the practice identity provider, on this computer only.',
    consequence: 'Not used for real parties.',
    expected: portExpected, example: '9082', initial: '8082', read: port,
  },
  metricsPort: {
    key: 'KETENSLUIS_METRICS_PORT', meaning: 'Port on which Prometheus finds the metrics of this process, under /metrics, without TLS.',
    consequence: 'Without it there are none. They name organisations and counts, no case and no person: let a firewall keep the port for who watches the hub.',
    expected: portExpected, example: '9464', initial: null, read: port,
  },
} as const satisfies Readonly<Record<string, ConfigurationRow>>;

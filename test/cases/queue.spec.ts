import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { queueConformance } from '../../libs/queue/conformance.js';
import { brokerSource, startBroker, type Broker } from '../../apps/cli/drill/broker.js';
import { brokerUnderTest, embeddedUnderTest } from '../harness/queues.js';

// One suite for both: a hub behaves alike whatever carries its work.
queueConformance('the tables of PostgreSQL', embeddedUnderTest);

const source = brokerSource();
const given = process.env['AMQP_URL'];
if (source === 'none') {
  // Containers are not used: the broker of Debian starts faster, and needs nobody's permission.
  if (process.env['CI'] === 'true') throw new Error('no broker: set AMQP_URL or install rabbitmq-server; with CI=true no spec may be left out');
  test.skip('RabbitMQ keeps the promises of a queue: NOT RUN, set AMQP_URL or install rabbitmq-server', () => undefined);
}

(source === 'none' ? describe.skip : describe)(`RabbitMQ (${source})`, () => {
  let broker: Broker | null = null;
  beforeAll(async () => void (broker = given === undefined ? await startBroker() : null), 120_000);
  afterAll(() => broker?.stop());
  queueConformance('RabbitMQ', () => {
    const url = given ?? broker?.url() ?? '';
    return brokerUnderTest({ url, handUrl: given ?? broker?.url({ user: 'root' }) ?? '' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { dnsPeer } from '../../test/fixtures/dns-peer.js';
import { practiceResolverMark } from './mail-routes.js';
import { startProblems } from './production.js';

describe('before a hub for real parties starts', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const problemsAt = async (aheadMs: number, resolver: string | null = null): Promise<string> => {
    const problems = await startProblems({
      pool: database.pool, configuration: { logLevel: 'info', resolver }, address: 'hub@ketensluis.internal', clock: { now: () => new Date(Date.now() + aheadMs) }, trust: null,
      records: { head: 0, documents: [], certificates: new Map(), lists: [], answers: [], capabilities: new Map() }, provider: { handle: () => Promise.reject(new Error('no keys')) },
      process: { environment: { NODE_ENV: 'production' }, execArgv: [], tlsMinVersion: 'TLSv1.3', isInspected: false },
    });
    return problems.map(({ problem }) => problem).join('\n');
  };

  test.each([-60_000, -3_000, 3_000, 60_000])('a clock %d ms off that of the database is told', async (aheadMs) => expect(await problemsAt(aheadMs)).toMatch(/clock of this computer and that of the database server are \d+\.\d seconds apart/));

  test('the resolver of practice is refused; any other, and one that is away, is not', async () => {
    const dns = await dnsPeer();
    expect(await problemsAt(0, `127.0.0.1:${dns.port}`)).not.toContain('KETENSLUIS_RESOLVER');
    dns.tell({ [`${practiceResolverMark} TXT`]: { answers: [{ name: practiceResolverMark, type: 'TXT', data: 'practice' }] } });
    expect(await problemsAt(0, `127.0.0.1:${dns.port}`)).toContain('KETENSLUIS_RESOLVER is the resolver of practice');
    await dns.close();
    expect(await problemsAt(0, `127.0.0.1:${dns.port}`)).not.toContain('KETENSLUIS_RESOLVER');
  });

  test('a clock that is nearly right is not, nor an answer that takes its time', async () => {
    for (const aheadMs of [0, -1_500, 1_500]) expect(await problemsAt(aheadMs)).not.toContain('clock');
    // Read, and then long under way.
    const late = async (text: string) => {
      const answer = await database.pool.query(text);
      if (text.includes('clock_timestamp')) await database.pool.query('select pg_sleep(2.1)');
      return answer;
    };
    const slow = new Proxy(database.pool, { get: (pool, name) => (name === 'query' ? late : Reflect.get(pool, name)) });
    const problems = await startProblems({
      pool: slow, configuration: { logLevel: 'info', resolver: null }, address: 'hub@ketensluis.internal', clock: { now: () => new Date() }, trust: null,
      records: { head: 0, documents: [], certificates: new Map(), lists: [], answers: [], capabilities: new Map() }, provider: { handle: () => Promise.reject(new Error('no keys')) },
    });
    expect(problems.some(({ problem }) => problem.includes('seconds apart'))).toBe(false);
  }, 30_000);
});

import { describe, expect, test } from '@jest/globals';
import type { Finding } from './doctor.js';
import { operatorNews } from './operator-mail.js';

const finding = (code: Finding['code'], level: Finding['level'], about: string | null = null): Finding => ({ code, level, about, count: 2, at: new Date('2026-11-22T06:00:00Z'), remedy: 'ketensluis todo' });
const bad = finding('no-channel', 'bad', '00000001900000000201');
const wait = finding('disk-full', 'wait');

describe('what the operator is told', () => {
  test.each<readonly [string, readonly Finding[], readonly Finding[], readonly string[] | null]>([
    ['nothing while all is well', [], [], null],
    ['nothing while what waits is as it was', [wait], [wait], null],
    ['what begins to wait', [], [wait], ['Binnenkort:']],
    ['what is wrong, also when it was told', [bad], [bad], ['Nu doen:']],
    ['what became bad', [wait], [{ ...wait, level: 'bad' }], ['Nu doen:']],
    ['what was mended', [bad, wait], [wait], ['Binnenkort:', 'Hersteld:']],
    ['one party apart from another', [bad], [{ ...bad, about: '00000001900000000202' }], ['Nu doen:', 'Hersteld:']],
  ])('%s', (_name, told, now, heads) => {
    const news = operatorNews(told, now);
    expect(news?.nl.filter((line) => line.endsWith(':')) ?? null).toEqual(heads);
    expect(news?.en.length).toBe(news?.nl.length);
  });
});

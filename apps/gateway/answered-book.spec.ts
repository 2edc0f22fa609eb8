import { describe, expect, test } from '@jest/globals';
import { answeredBook } from './answered-book.js';

describe('the book of answered messages', () => {
  test('confirms what could not be confirmed while the database was away', async () => {
    const confirmed: string[] = [];
    const database = { isAway: true };
    const book = answeredBook({
      confirmAnswered: async (ids) => {
        if (database.isAway) throw new Error('the database is away');
        confirmed.push(...ids);
      },
    }, () => undefined);
    book.add('one');
    await expect(book.close()).rejects.toThrow('away');
    database.isAway = false;
    book.add('two');
    await book.close();
    expect(confirmed).toEqual(['one', 'two']);
  });
});

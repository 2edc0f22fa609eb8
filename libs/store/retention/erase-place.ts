import type pg from 'pg';
import type { Vault } from '../vault.js';
import type { ErasedList } from './erased-list.js';

/** Where erasing happens. */
export interface ErasePlace {
  readonly pool: pg.Pool;
  readonly vault: Vault;
  readonly list: ErasedList;
}

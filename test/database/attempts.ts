import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { Attempt } from '../../src/users/attempt.entity.js';
import { query } from '../support/database.js';

// Rows with which transactions are tested: counted attempts, which need no other rows.

export const row = (key: string) => ({ key, count: 1, since: new Date(0), until: null });

/** Returns the keys of the rows that are committed. */
export const keys = async () =>
  (await query<{ key: string }>('select key from attempts order by key')).map(({ key }) => key);

export const failure = new Error('the work failed');
export const fail = () => Promise.reject(failure);

/** Opens a data source with a single connection, so that everything uses the same one. */
export function singleConnection(): Promise<AerieDataSource> {
  return new AerieDataSource({
    type: 'postgres',
    url: databaseUrl,
    driver: { Pool },
    entities: [Attempt],
    installExtensions: false,
    extra: { max: 1 },
  }).initialize();
}

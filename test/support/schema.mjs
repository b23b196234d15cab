// Changes or inspects the schema of a database in a separate process, outside Jest's sandbox: `schema.mjs DATABASE_URL
// WORK…`. Each WORK is a key of WORKS or an SQL statement. Prints the results as a JSON array.
import { schemaDiff } from '../../dist/src/database-setup/schema-diff.js';
import { migrate } from '../../dist/src/database-setup/migrate.js';
import { migrationOptions, withDataSource } from '../../dist/src/database-setup/setup-connections.js';
import { prepare } from '../../dist/src/prepare.js';
import { loadSeeds } from '../../dist/src/seed/seeds.js';
import { testConfig } from './test-config.mjs';

const [DATABASE_URL, ...works] = process.argv.slice(2);
const config = await testConfig({ DATABASE_URL });

const WORKS = {
  drift: () => withDataSource(config, schemaDiff),
  migrate: () => withDataSource(config, (source) => migrate(source, config), migrationOptions(config)),
  /** Equivalent to four processes: each call has its own connections. */
  prepareFourTimesAtOnce: () => Promise.all(Array.from({ length: 4 }, () => prepare(config).then(() => 'done'))),
  /** Returns the tables that have a seed. */
  seeds: () => withDataSource(config, async (source) => [...(await loadSeeds(source)).keys()]),
  revertAll: () =>
    withDataSource(config, async (source) => {
      const [{ count }] = await source.query('select count(*)::int from migrations');
      for (let i = 0; i < count; i++) await source.undoLastMigration({ transaction: 'each' });
      return count;
    }),
};

const given = [];
for (const work of works) {
  given.push(await (WORKS[work] ? WORKS[work]() : withDataSource(config, (source) => source.query(work))));
}
console.log(JSON.stringify(given));

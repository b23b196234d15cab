// Works on a database's schema in a process of its own, outside Jest's sandbox: `schema.mjs DATABASE_URL WORK…`. A piece
// of work is one of WORKS or an SQL statement. Prints what each gives as a JSON array.
import { schemaDiff } from '../../dist/src/kernel/database/schema-diff.js';
import { migrate, withDataSource } from '../../dist/src/kernel/database/migrate.js';
import { prepare } from '../../dist/src/prepare.js';
import { loadSeeds } from '../../dist/src/seed/seeds.js';
import { testConfig } from './test-config.mjs';

const [DATABASE_URL, ...works] = process.argv.slice(2);
const config = await testConfig({ DATABASE_URL });

const WORKS = {
  drift: () => withDataSource(config, schemaDiff),
  migrate: () => migrate(config),
  /** Four processes would do the same: each call has connections of its own. */
  prepareFourTimesAtOnce: () => Promise.all(Array.from({ length: 4 }, () => prepare(config).then(() => 'done'))),
  /** The tables that have a seed. */
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

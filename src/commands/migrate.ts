import { withDataSource } from '../kernel/database/migrate.js';
import { run } from './run.js';

// the preparation that every command begins with is the whole work
await run('npm run migrate', 0, (config) =>
  withDataSource(config, async (source) => {
    const [{ count }] = await source.query<[{ count: number }]>('select count(*)::int from migrations');
    return `The database is up to date: ${count} migration(s)`;
  }),
);

import { readFileSync } from 'node:fs';
import { withDataSource } from '../kernel/database/migrate.js';
import { parseSeed } from '../seed/parse-seed.js';
import { replaceAll } from '../seed/replace-all.js';
import { run } from './run.js';

await run('npm run seed -- FILE.json', 1, async (config, [file]) => {
  const rows = parseSeed(readFileSync(file!));
  await withDataSource(config, ({ manager }) => replaceAll(manager, rows));
  const { users, items, posts, orders } = rows;
  return `Loaded ${users.length} users, ${items.length} items, ${posts.length} posts, ${orders.length} orders`;
});

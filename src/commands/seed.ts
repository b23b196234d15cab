import { readFileSync } from 'node:fs';
import { withDataSource } from '../kernel/database/migrate.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { checkPasswords } from '../seed/check-passwords.js';
import { parseSeed } from '../seed/parse-seed.js';
import { replaceAll } from '../seed/replace-all.js';
import { run } from './run.js';

await run('npm run seed -- FILE.json', 1, async (config, [file]) => {
  const rows = parseSeed(read(file!));
  if (config.production) await checkPasswords(rows, config);
  await withDataSource(config, ({ manager }) => replaceAll(manager, rows));
  const { users, items, posts, orders } = rows;
  return `Loaded ${users.length} users, ${items.length} items, ${posts.length} posts, ${orders.length} orders`;
});

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new OperatorError(`The file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

import { readFileSync } from 'node:fs';
import { requireSchema, withDataSource } from '../kernel/database/migrate.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { checkPasswords } from '../seed/check-passwords.js';
import { parseSeed } from '../seed/parse-seed.js';
import { replaceAll } from '../seed/replace-all.js';
import { loadSeeds } from '../seed/seeds.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run seed -- FILE.json',
  about: `Replaces all data by the file's rows: {users, items, posts, orders}.`,
  positionals: ['FILE.json'],
} as const;

await run(USAGE, async (config, { positionals: [file] }) => {
  const bytes = read(file!);
  await requireSchema(config);
  return withDataSource(config, async (source) => {
    const seeds = await loadSeeds(source);
    const data = parseSeed(bytes, seeds);
    if (config.production) await checkPasswords(data, config);
    await replaceAll(source.manager, data, seeds);
    const counts = Object.entries(data).map(([table, { length }]) => `${length} ${table}`);
    return `Loaded ${counts.join(', ')}`;
  });
});

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new OperatorError(`The file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

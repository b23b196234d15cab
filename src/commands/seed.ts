import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { withMigratedDatabase } from '../database-setup/migrate.js';
import { OperatorError } from '../config/operator-error.js';
import { UsageError } from '../start/usage-error.js';
import { checkPasswords } from '../seed/check-passwords.js';
import { parseSeed } from '../seed/parse-seed.js';
import { replaceAll } from '../seed/replace-all.js';
import { loadSeeds, type Seeds } from '../seed/seeds.js';
import { onDatabase } from './on-database.js';
import { ask, isInteractive } from './prompt.js';
import { unreadableFile } from './unreadable-file.js';

interface SeedOptions {
  readonly yes?: true;
  readonly production?: true;
}

/** Replaces all data with the rows of a file. */
export async function seed(file: string, { yes, production }: SeedOptions): Promise<void> {
  await onDatabase(
    async (config) => {
      const bytes = read(file);
      return withMigratedDatabase(config, async (source) => {
        const seeds = await loadSeeds(source);
        const data = parseSeed(bytes, seeds);
        if (config.production) await checkPasswords(data, config);
        if (!yes) await confirm(source, seeds);
        await replaceAll(source.manager, data, seeds);
        const counts = Object.entries(data).map(([table, { length }]) => `${length} ${table}`);
        return `Loaded ${counts.join(', ')}`;
      });
    },
    {
      check: (settings) => {
        if (settings.production && !production)
          throw new UsageError('This deletes all data, and NODE_ENV is production: add --production to allow it');
      },
    },
  );
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadableFile(file, error);
  }
}

/**
 * Asks for confirmation, unless there are no rows to lose. Throws an OperatorError if the answer is not yes, and a
 * UsageError if there is no terminal.
 */
async function confirm(source: DataSource, seeds: Seeds): Promise<void> {
  const counts = [...seeds.keys()].map((table) => `(select count(*) from ${table}) as ${table}`);
  const [found] = await source.query<[Record<string, string>]>(`select ${counts.join(', ')}`);
  const lost = Object.entries(found).filter(([, count]) => count !== '0');
  if (lost.length === 0) return;
  if (!isInteractive())
    throw new UsageError(
      'This deletes all data, and there is no terminal to confirm it: add --yes, as in "npm run seed -- FILE.json --yes"',
    );
  const what = lost.map(([table, count]) => `${count} ${table}`).join(', ');
  const answer = await ask(
    `This deletes all data of the database ${source.driver.database}: ${what}.\nType "yes" to continue: `,
  );
  if (answer.trim().toLowerCase() !== 'yes') throw new OperatorError('Cancelled: nothing was changed');
}

import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase } from '../kernel/database/find-database.js';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { UsageError, usageOf, type Given, type Usage } from './usage.js';

const NOT_EMBEDDED = 'This is for the embedded database: for that of DATABASE_URL, docs/backups.md says what is';

type Work<U extends Usage> = (config: Config, given: Given<U>) => Promise<string>;

/**
 * Runs a command on the application's database, and prints what it says. Exit codes: 0, also for `--help`; 1 with the error's
 * sentence when the work failed; 2 with the usage, before anything is done, when it is called in another way.
 */
export async function run<const U extends Usage>(described: U, work: Work<U>): Promise<void> {
  const usage = usageOf(described);
  try {
    const given = usage.read(process.argv.slice(2));
    if (given === 'help') return console.log(usage.help);
    const config = loadConfig();
    if (described.embeddedOnly === true && config.values.DATABASE_URL !== undefined)
      throw new OperatorError(NOT_EMBEDDED);
    const database = await findDatabase(config, fail);
    try {
      console.log(await work(database.config, given));
    } finally {
      await database.release();
    }
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof UsageError ? 2 : 1);
}

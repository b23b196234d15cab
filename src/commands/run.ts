import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase } from '../kernel/database/find-database.js';
import { prepareSchema } from '../prepare.js';

type Command = (config: Config, args: readonly string[]) => Promise<string>;

/**
 * Runs a command on the application's database, with its schema up to date, and prints what it says. Without enough
 * arguments its usage; on a failure the error's sentence and exit code 1. Demo rows are left to the first start, which
 * shows the password that comes with them.
 */
export async function run(usage: string, argumentCount: number, command: Command): Promise<void> {
  const args = process.argv.slice(2);
  if (args.length < argumentCount) {
    console.error(`Usage: ${usage}`);
    process.exit(2);
  }
  try {
    const database = await findDatabase(loadConfig(), fail);
    try {
      await prepareSchema(database.config);
      console.log(await command(database.config, args));
    } finally {
      await database.release();
    }
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

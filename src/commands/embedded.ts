import { parseArgs } from 'node:util';
import { loadConfig, type Config } from '../kernel/config/config.js';
import { findDatabase } from '../kernel/database/find-database.js';
import { OperatorError } from '../kernel/errors/operator-error.js';

type Options = Readonly<Record<string, { readonly type: 'boolean' }>>;
type Work = (config: Config, file: string, flags: Readonly<Record<string, unknown>>) => Promise<string>;

/**
 * Runs a command that has to do with a file and the embedded database, as it is: its schema is not touched. With `--help`
 * it shows its usage; so it does, with exit code 2, where it is called in another way. A failure is a sentence and 1.
 */
export async function runOnEmbedded(usage: string, options: Options, work: Work): Promise<void> {
  const call = read(options);
  if (call?.values['help'] === true) return console.log(`Usage: ${usage}`);
  const [file, ...more] = call?.positionals ?? [];
  if (call === undefined || file === undefined || more.length > 0) {
    console.error(`Usage: ${usage}`);
    process.exit(2);
  }
  try {
    const config = loadConfig();
    if (config.values.DATABASE_URL !== undefined) {
      throw new OperatorError(
        'This is for the embedded database: for that of DATABASE_URL, docs/backups.md says what is',
      );
    }
    const database = await findDatabase(config, fail);
    const said = await work(database.config, file, call.values).finally(() => database.release());
    console.log(said);
  } catch (error) {
    fail(error);
  }
}

function read(options: Options) {
  try {
    return parseArgs({ options: { ...options, help: { type: 'boolean' } }, allowPositionals: true });
  } catch {
    return undefined;
  }
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

import type { Config } from '../config/config.js';
import { warnOfSchemaDiff } from '../database-setup/schema-check.js';
import { withDataSource } from '../database-setup/setup-connections.js';
import { isShuttingDown } from './signals.js';

/** In development, warns of differences between entities and database. After the start, since it takes a while. */
export async function compareSchema(config: Config): Promise<void> {
  if (config.values.NODE_ENV !== 'development') return;
  try {
    await withDataSource(config, warnOfSchemaDiff);
  } catch (error) {
    if (!isShuttingDown()) process.stderr.write(`WARNING: the schema was not checked: ${(error as Error).message}\n`);
  }
}

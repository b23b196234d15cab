// The DataSource of the TypeORM command line; compiled to dist/ormconfig.js.
import { DataSource } from 'typeorm';
import { loadConfig } from './src/config/config.js';
import { commandDataSourceOptions } from './src/kernel/database/data-source-options.js';
import { findDatabase } from './src/database-setup/find-database.js';

const { config } = await findDatabase(loadConfig(), (reason) => {
  throw reason;
});

export default new DataSource(commandDataSourceOptions(config));

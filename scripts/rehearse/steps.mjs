// Applies and undoes single migrations as `npm run migrate` does, with an observer.
import { migrateJobs } from '../../dist/src/jobs/queue.js';
import { readConfig } from '../../dist/src/config/config.js';
import { AerieDataSource } from '../../dist/src/kernel/database/data-source.js';
import { migrationOptions } from '../../dist/src/database-setup/setup-connections.js';
import { applyMigrations, pendingMigrations, undoMigrations } from '../../dist/src/database-setup/migration-runner.js';

export class Steps {
  #all;

  /** `added` has classes of migrations in addition to those of this build. */
  constructor(url, observer, added = []) {
    this.observer = observer;
    this.added = added;
    this.config = readConfig({ NODE_ENV: 'test', DATABASE_URL: url, JWT_SECRET: 'x'.repeat(40) });
  }

  /** Returns the names of the migrations that the database lacks. */
  async pending() {
    return this.#with(undefined, async (source) => {
      this.#all = source.migrations.map((one) => one.constructor);
      return (await pendingMigrations(source)).map(({ name }) => name);
    });
  }

  /** Returns the rows that each of these migrations declares to delete: `{ migration, table, condition }`. */
  declared(names) {
    return this.#all
      .filter(({ name }) => names.includes(name))
      .flatMap((migration) =>
        Object.entries(new migration().deletes ?? {}).map(([table, condition]) => ({
          migration: migration.name,
          table,
          condition,
        })),
      );
  }

  /** Applies this migration, which must be the next one. Throws if it is not recorded as applied. */
  async apply(name) {
    await this.#with(name, (source) => applyMigrations(source, this.config));
    if ((await this.pending()).includes(name))
      throw new Error('it is not recorded as applied: it has left its transaction open');
  }

  /** Undoes this migration, which must be the last one. */
  undo(name) {
    return this.#with(name, (source) => undoMigrations(source, this.config, 1));
  }

  /** Migrates the tables of the job queue, as this build does when it starts. */
  migrateQueue() {
    return migrateJobs(this.config);
  }

  async #with(name, work) {
    const options = migrationOptions(this.config);
    const given = [...options.migrations, ...this.added];
    const migrations = name === undefined ? given : this.#all.filter((one) => stampOf(one.name) <= stampOf(name));
    const source = await new AerieDataSource({ ...options, entities: [], migrations }).initialize();
    try {
      if (name !== undefined) await this.observer.watch(source);
      return await work(source);
    } finally {
      await source.destroy();
    }
  }
}

const stampOf = (name) => Number(name.slice(-13));

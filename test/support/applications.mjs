// The applications of one test file, on a database of its own. They are started by Node's own import() of dist/: what is
// tested is the build that ships. Every answer is judged by the application's own document (contract/judge.mjs).
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Judge } from './contract/judge.mjs';
import { testConfig } from './test-config.mjs';

let shared; // lives as long as the process

export class Applications {
  started = [];
  judge = new Judge();

  /** Starts the first; gives the globals of the tests (globals.d.ts). */
  async begin() {
    shared ??= await load();
    this.database = await shared.cloneDatabase();
    this.dataDir = await mkdtemp(join(tmpdir(), 'aerie-test-'));
    const { url, logs, document, stop } = await this.start({});
    return {
      baseUrl: url,
      databaseUrl: this.database.url,
      dataDir: this.dataDir,
      logs,
      openapi: JSON.stringify(document),
      startApp: (options) => this.start(options ?? {}),
      stopApp: stop,
      expectServerErrors: (count) => this.judge.expectServerErrors(count),
    };
  }

  /** Another application on this file's database, with environment variables and providers of its own. */
  async start({ env = {}, providers = {} }) {
    const config = await testConfig({ DATABASE_URL: this.database.url, DATA_DIR: this.dataDir, ...env });
    const logs = [];
    const logger = new shared.Logger(config, { write: (line) => logs.push(JSON.parse(line)) });
    const { app, document } = await shared.createApp(config, logger, overriding(providers));
    this.judge.watch(app.getHttpServer(), document, { docs: config.docsEnabled });
    await app.listen(0, '127.0.0.1');
    const stop = async () => {
      this.started = this.started.filter((other) => other !== stop);
      await app.close();
    };
    this.started.push(stop);
    return { url: await app.getUrl(), logs, document, stop };
  }

  async end() {
    for (const stop of this.started) await stop();
    await this.database?.drop();
    if (this.dataDir) await rm(this.dataDir, { recursive: true, force: true });
  }
}

/**
 * Nest's testing module around the real one: `{ Mailer: fake }` replaces the provider of that name. A function makes it of
 * the application's DataSource.
 */
function overriding(providers) {
  if (Object.keys(providers).length === 0) return undefined;
  return async (module, adapter, options) => {
    const builder = shared.Test.createTestingModule({ imports: [module] });
    for (const [name, value] of Object.entries(providers)) {
      const override = builder.overrideProvider(shared.tokens[name]);
      if (typeof value === 'function') override.useFactory({ factory: value, inject: [shared.DataSource] });
      else override.useValue(value);
    }
    const compiled = await builder.compile();
    return compiled.createNestApplication(adapter, options);
  };
}

async function load() {
  const [
    { createApp },
    { Logger },
    { Mailer },
    { Clock },
    { ItemsService },
    { Test },
    { DataSource },
    { default: pg },
  ] = await Promise.all([
    import('../../dist/src/app.js'),
    import('../../dist/src/kernel/logging/logger.js'),
    import('../../dist/src/mail/mailer.js'),
    import('../../dist/src/kernel/common/clock.js'),
    import('../../dist/src/items/items.service.js'),
    import('@nestjs/testing'),
    import('typeorm'),
    import('pg'),
  ]);
  const { TEST_ADMIN_URL, TEST_TEMPLATE } = process.env;
  return {
    createApp,
    Logger,
    Test,
    DataSource,
    tokens: { Mailer, Clock, ItemsService },
    async cloneDatabase() {
      const admin = new pg.Client({ connectionString: TEST_ADMIN_URL });
      await admin.connect();
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await admin.query(`create database "${name}" template "${TEST_TEMPLATE}"`);
      const url = new URL(TEST_ADMIN_URL);
      url.pathname = `/${name}`;
      const drop = async () => {
        await admin.query(`drop database "${name}" with (force)`);
        await admin.end();
      };
      return { name, url: url.href, drop };
    },
  };
}

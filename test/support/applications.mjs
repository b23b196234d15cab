// The applications of one test file, on a database of its own. They are started by Node's own import() of dist/: what is
// tested is the build that ships. Every answer is judged by the application's own document (contract/judge.mjs).
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Judge } from './contract/judge.mjs';
import { loadFeatures, makeStock, makeWith, STOCK, stockLogger } from './nest/features.mjs';
import { testConfig } from './test-config.mjs';

let shared; // lives as long as the process

export class Applications {
  started = [];
  judge = new Judge();

  /** Prepares the file's database; gives the globals of every test (globals.d.ts). */
  async prepare() {
    shared ??= await load();
    this.database = await shared.cloneDatabase();
    this.dataDir = await mkdtemp(join(tmpdir(), 'aerie-test-'));
    return {
      databaseUrl: this.database.url,
      dataDir: this.dataDir,
      nestStock: STOCK,
      startApp: (options) => this.start(options ?? {}),
      startNest: (...features) => this.startNest(features),
      expectServerErrors: (count) => this.judge.expectServerErrors(count),
    };
  }

  /** Starts the first application; gives its globals. */
  async begin() {
    const { url, logs, document, stop } = await this.start({});
    return { baseUrl: url, logs, openapi: JSON.stringify(document), stopApp: stop };
  }

  /** Another application on this file's database, with environment variables and providers of its own. */
  async start({ env = {}, providers = {} }) {
    const config = await this.config(env);
    const logs = [];
    const { app, document } = await shared.createApp(config, loggerTo(logs, config), overriding(providers));
    this.judge.watch(app.getHttpServer(), document, { docs: config.docsEnabled, logs });
    return { ...(await this.listen(app)), logs, document };
  }

  /** An application with features of test/nest; stock Nest instead of Aerie with NEST_STOCK=1. */
  async startNest(names) {
    const features = await loadFeatures(names);
    const logs = [];
    const { app, document } = STOCK
      ? await makeStock(features, stockLogger(logs), { databaseUrl: this.database.url })
      : await this.aerieWith(features, logs);
    if (STOCK) this.judge.countServerErrors(app.getHttpServer());
    else this.judge.watch(app.getHttpServer(), document, { docs: true, plain: true, logs });
    const probe = features.find((feature) => feature.probe !== undefined)?.probe;
    return { ...(await this.listen(app)), app, logs, document, probe };
  }

  async aerieWith(features, logs) {
    const config = await this.config({ CORS_ORIGINS: '' }); // features have CORS of their own
    return shared.createApp(config, loggerTo(logs, config), makeWith(features));
  }

  config(env) {
    return testConfig({ DATABASE_URL: this.database.url, DATA_DIR: this.dataDir, ...env });
  }

  async listen(app) {
    await app.listen(0, '127.0.0.1');
    let stopped;
    const stop = async () => {
      this.started = this.started.filter((other) => other !== stop);
      await (stopped ??= app.close());
    };
    this.started.push(stop);
    return { url: await app.getUrl(), stop };
  }

  async end() {
    for (const stop of this.started) await stop();
    await this.database?.drop();
    if (this.dataDir) await rm(this.dataDir, { recursive: true, force: true });
  }
}

const loggerTo = (logs, config) => new shared.Logger(config, { write: (line) => logs.push(JSON.parse(line)) });

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
    { PostsService },
    { Test },
    { DataSource },
    { default: pg },
  ] = await Promise.all([
    import('../../dist/src/app.js'),
    import('../../dist/src/kernel/logging/logger.js'),
    import('../../dist/src/mail/mailer.js'),
    import('../../dist/src/kernel/common/clock.js'),
    import('../../dist/src/items/items.service.js'),
    import('../../dist/src/posts/posts.service.js'),
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
    tokens: { Mailer, Clock, ItemsService, PostsService },
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

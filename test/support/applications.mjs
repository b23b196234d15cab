// The applications of one test file, on a database of their own. Node's own import() loads dist/, so the tests run the
// build that ships. Every response is checked against the application's own OpenAPI document (contract/judge.mjs).
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Judge } from './contract/judge.mjs';
import { loadFeatures, loadRecipes, makeStock, makeWith, STOCK, stockLogger } from './nest/features.mjs';
import { tokenOf } from './provider-tokens.mjs';
import { testConfig } from './test-config.mjs';

let shared; // loaded once per process

export class Applications {
  started = [];
  judge = new Judge();

  /** Creates the file's database and data folder. Returns the globals of every test (globals.d.ts). */
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
      startRecipes: (names, env) => this.startRecipes(names, env),
      expectServerErrors: (count) => this.judge.expectServerErrors(count),
    };
  }

  /** Starts the first application and returns its globals. */
  async begin() {
    const { url, logs, document, stop } = await this.start({});
    return { baseUrl: url, logs, openapi: JSON.stringify(document), stopApp: stop };
  }

  /** Starts another application on this file's database, with its own environment variables and providers. */
  async start({ env = {}, providers = {} }) {
    const config = await this.config(env);
    const logs = [];
    const { app, document } = await shared.createApp(config, loggerTo(logs, config), overriding(providers));
    this.judge.watch(app.getHttpServer(), document, { docs: config.docsEnabled, logs });
    return { ...(await this.listen(app)), logs, document };
  }

  /** Starts an application with features of test/nest: Aerie, or stock Nest with NEST_STOCK=1. */
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

  /**
   * Starts the application with recipes. `env` is also set in `process.env` while the recipes load, as they read it.
   */
  async startRecipes(names, env = {}) {
    const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
    Object.assign(process.env, env);
    try {
      const logs = [];
      const { app, document } = await this.aerieWith(await loadRecipes(names), logs, env);
      this.judge.watch(app.getHttpServer(), document, { docs: true, plain: true, logs });
      return { ...(await this.listen(app)), app, logs, document };
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }

  async aerieWith(features, logs, env = {}) {
    const config = await this.config({ CORS_ORIGINS: '', ...env }); // features configure CORS themselves
    return shared.createApp(config, loggerTo(logs, config), makeWith(features));
  }

  /** The URL of the running application that was started last. */
  get newestUrl() {
    return this.started.at(-1)?.url;
  }

  config(env) {
    return testConfig({ DATABASE_URL: this.database.url, DATA_DIR: this.dataDir, ...env });
  }

  async listen(app) {
    await app.listen(0, '127.0.0.1');
    let stopped;
    const running = {
      url: await app.getUrl(),
      stop: async () => {
        this.started = this.started.filter((other) => other !== running);
        await (stopped ??= app.close());
      },
    };
    this.started.push(running);
    return running;
  }

  async end() {
    for (const { stop } of this.started) await stop();
    await this.database?.drop();
    if (this.dataDir) await rm(this.dataDir, { recursive: true, force: true });
  }
}

const loggerTo = (logs, config) => new shared.Logger(config, { write: (line) => logs.push(JSON.parse(line)) });

/**
 * Returns a factory that builds the application with Nest's testing module, or undefined if there are no providers to
 * replace. `{ Mailer: fake }` replaces the provider of that name. A function is called with the application's
 * DataSource and returns the replacement.
 */
function overriding(providers) {
  if (Object.keys(providers).length === 0) return undefined;
  return async (module, adapter, options) => {
    const builder = shared.Test.createTestingModule({ imports: [module] });
    for (const [name, value] of Object.entries(providers)) {
      const override = builder.overrideProvider(tokenOf(shared.AppModule, name));
      if (typeof value === 'function') override.useFactory({ factory: value, inject: [shared.DataSource] });
      else override.useValue(value);
    }
    const compiled = await builder.compile();
    return compiled.createNestApplication(adapter, options);
  };
}

async function load() {
  const [{ createApp }, { Logger }, { AppModule }, { Test }, { DataSource }, { default: pg }] = await Promise.all([
    import('../../dist/src/app.js'),
    import('../../dist/src/kernel/logging/logger.js'),
    import('../../dist/src/app.module.js'),
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
    AppModule,
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

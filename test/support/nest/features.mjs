// Loads features that are written as in Nest's documentation (test/nest) into the application under test. With
// NEST_STOCK=1 they run in an application of stock Nest, which shows that the tests expect what Nest does.
import { register } from 'node:module';
import { movedAway } from './moved-away.mjs';

export const STOCK = process.env.NEST_STOCK === '1';

let registered = false;

/** Loads features: `cats/cats` is test/nest/cats/cats.feature.ts. */
export async function loadFeatures(names) {
  registerHooks();
  const modules = await Promise.all(names.map((name) => import(`../../nest/${name}.feature.ts`)));
  return modules.map((module) => module.default);
}

let copies = 0;

/**
 * Loads recipes: `api-key` is test/recipes/api-key.ts. Returns the module of each, and its `configure` for src/app.ts.
 * Every call loads the recipes again, so that they read the current environment.
 */
export async function loadRecipes(names) {
  registerHooks();
  const copy = ++copies;
  const recipes = await Promise.all(names.map((name) => import(`../../recipes/${name}.ts?${copy}`)));
  return recipes.map(({ configure, ...classes }) => {
    const module = Object.values(classes).find(({ name }) => name?.endsWith('Module'));
    return { module, configure };
  });
}

function registerHooks() {
  if (!registered) register('./hooks.mjs', import.meta.url);
  registered = true;
}

/**
 * Returns the function that `createApp` calls instead of NestFactory. It puts the modules of the application and of the
 * features under one root. Resources of the project that have the paths of the features get other ones.
 */
export function makeWith(features) {
  return async (aerie, adapter, options) => {
    const { RouterModule } = await import('@nestjs/core');
    const modules = modulesOf(features);
    const moved = movedAway(aerie, modules);
    const routers = moved.length > 0 ? [RouterModule.register(moved)] : [];
    return make([aerie, ...modules, ...routers], adapter, options, features);
  };
}

/** Creates an application of stock Nest with the same features. */
export async function makeStock(features, logger, settings) {
  const { ExpressAdapter } = await import('@nestjs/platform-express');
  const stock = features.flatMap((feature) => feature.stock?.(settings) ?? []);
  const options = { logger, abortOnError: false };
  const app = await make([...stock, ...modulesOf(features)], new ExpressAdapter(), options, features);
  const document = await describe(app);
  await app.init();
  return { app, document };
}

const modulesOf = (features) => features.map(({ module }) => module);

async function make(imports, adapter, options, features) {
  const [{ NestFactory }, { Module }] = await Promise.all([import('@nestjs/core'), import('@nestjs/common')]);
  class Root {}
  Module({ imports })(Root);
  const own = Object.assign({}, ...features.map((feature) => feature.options));
  const create = features.find((feature) => feature.create)?.create ?? ((...args) => NestFactory.create(...args));
  const app = await create(Root, adapter, { ...options, ...own });
  for (const feature of features) await feature.configure?.(app);
  return app;
}

async function describe(app) {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  return SwaggerModule.createDocument(app, new DocumentBuilder().build());
}

/** Returns a logger for stock Nest that writes lines in the format of Aerie's. */
export function stockLogger(logs) {
  const level =
    (number) =>
    (message, ...more) => {
      const given = typeof more.at(-1) === 'string' ? { context: more.at(-1) } : {};
      logs.push({ level: number, ...given, msg: message instanceof Error ? message.message : String(message), more });
    };
  return { log: level(30), warn: level(40), error: level(50), fatal: level(60), debug: level(20), verbose: level(10) };
}

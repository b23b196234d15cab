// Features written as Nest's documentation writes them (test/nest), put into the application under test or, with
// NEST_STOCK=1, into an application of stock Nest, which shows that what is expected of them is what Nest does.
import { register } from 'node:module';

export const STOCK = process.env.NEST_STOCK === '1';

let registered = false;

/** `cats/cats` is the feature of test/nest/cats/cats.feature.ts. */
export async function loadFeatures(names) {
  if (!registered) register('./hooks.mjs', import.meta.url);
  registered = true;
  const modules = await Promise.all(names.map((name) => import(`../../nest/${name}.feature.ts`)));
  return modules.map((module) => module.default);
}

/** What `createApp` is to call instead of NestFactory: the application's module and the features' under one root. */
export function makeWith(features) {
  return (aerie, adapter, options) => make([aerie, ...modulesOf(features)], adapter, options, features);
}

/** The same features in an application that knows nothing of Aerie. */
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

/** Where stock Nest writes its lines, in the shape of Aerie's. */
export function stockLogger(logs) {
  const level =
    (number) =>
    (message, ...more) => {
      const given = typeof more.at(-1) === 'string' ? { context: more.at(-1) } : {};
      logs.push({ level: number, ...given, msg: message instanceof Error ? message.message : String(message), more });
    };
  return { log: level(30), warn: level(40), error: level(50), fatal: level(60), debug: level(20), verbose: level(10) };
}

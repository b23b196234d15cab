import { getMetadataArgsStorage } from 'typeorm';

/**
 * Returns the injection token of a provider by its name, for `startApp({ providers: { Mailer: fake } })`. The name is
 * that of a class that a module of the application provides, or of an entity's repository (`ItemRepository`). Throws an
 * Error for any other name.
 */
export function tokenOf(root, name) {
  const provided = [...tokensOf(root)].find((token) => token.name === name);
  const isRepository = getMetadataArgsStorage().tables.some(({ target }) => `${target.name}Repository` === name);
  if (provided === undefined && !isRepository) throw new Error(`No module of the application provides ${name}`);
  return provided ?? name;
}

function* tokensOf(module, seen = new Set()) {
  if (module === undefined || seen.has(module)) return;
  seen.add(module);
  const metatype = module.module ?? module;
  const all = (key) => [...(Reflect.getMetadata(key, metatype) ?? []), ...(module[key] ?? [])];
  for (const provider of all('providers')) {
    const token = provider.provide ?? provider;
    if (typeof token === 'function') yield token;
  }
  for (const imported of all('imports')) yield* tokensOf(imported, seen);
}

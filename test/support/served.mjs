import { ModulesContainer } from '@nestjs/core';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = join(import.meta.dirname, '../../dist');

/** Throws an Error that names the controllers that no module of the application has. */
export async function assertServed(app) {
  const served = new Set();
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) served.add(metatype);
  }
  const mistakes = [];
  for (const path of globSync('src/**/*.controller.js', { cwd: BUILT })) {
    const classes = Object.values(await import(join(BUILT, path))).filter((one) => typeof one === 'function');
    const file = path.replace(/js$/, 'ts');
    for (const one of classes.filter((each) => !served.has(each)))
      mistakes.push(
        `No module serves ${one.name} (${file}): add it to "controllers" of its module, and the module to src/app.module.ts`,
      );
  }
  if (mistakes.length > 0) throw Object.assign(new Error(mistakes.join('\n')), { name: 'NotServed' });
}

import { ModulesContainer } from '@nestjs/core';
import { globSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = join(import.meta.dirname, '../../dist');

/** Throws an Error that names the controllers which no module of the application has. */
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
        `${one.name} is served by no module: is it in "controllers" of its own, and that in src/app.module.ts? (${file})`,
      );
  }
  if (mistakes.length > 0) throw Object.assign(new Error(mistakes.join('\n')), { name: 'NotServed' });
}

// Node's module hooks for the features of test/nest and the recipes of test/recipes. They load TypeScript, and resolve
// imports from src/ to the build, so that the feature and the application share one copy of each module.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { SWC_OPTIONS } from '../../../scripts/swc-options.mjs';

const ROOT = new URL('../../../', import.meta.url).href;
const FEATURES = [`${ROOT}test/nest/`, `${ROOT}test/recipes/`];
const isFeature = (url) => FEATURES.some((folder) => url?.startsWith(folder));
const OPTIONS = { ...SWC_OPTIONS, configFile: false, swcrc: false, sourceMaps: 'inline' };

export async function resolve(specifier, context, next) {
  if (!isFeature(context.parentURL) || !specifier.startsWith('.')) return next(specifier, context);
  const url = new URL(specifier, context.parentURL).href;
  if (url.startsWith(`${ROOT}src/`)) return next(url.replace(`${ROOT}src/`, `${ROOT}dist/src/`), context);
  return { url: url.replace(/\.js$/, '.ts'), shortCircuit: true };
}

export async function load(url, context, next) {
  const { pathname } = new URL(url);
  if (!isFeature(url) || !pathname.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...OPTIONS, filename });
  return { format: 'module', source: code, shortCircuit: true };
}

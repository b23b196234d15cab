// Node's module hooks for the features of test/nest: they are TypeScript, and what they import from src/ is the build, so
// that feature and application share one copy of everything.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { SWC_OPTIONS } from '../swc-options.mjs';

const ROOT = new URL('../../../', import.meta.url).href;
const FEATURES = `${ROOT}test/nest/`;
const OPTIONS = { ...SWC_OPTIONS, configFile: false, swcrc: false, sourceMaps: 'inline' };

export async function resolve(specifier, context, next) {
  if (!context.parentURL?.startsWith(FEATURES) || !specifier.startsWith('.')) return next(specifier, context);
  const url = new URL(specifier, context.parentURL).href;
  if (url.startsWith(`${ROOT}src/`)) return next(url.replace(`${ROOT}src/`, `${ROOT}dist/src/`), context);
  return { url: url.replace(/\.js$/, '.ts'), shortCircuit: true };
}

export async function load(url, context, next) {
  if (!url.startsWith(FEATURES) || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), { ...OPTIONS, filename });
  return { format: 'module', source: code, shortCircuit: true };
}

// Node's module hooks: compile the runner's TypeScript sources, and load each of them again for every `?run=`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';
import { SWC_OPTIONS } from '../../scripts/swc-options.mjs';

const OPTIONS = { ...SWC_OPTIONS, configFile: false, swcrc: false };
const compiled = new Map();

export async function resolve(specifier, context, next) {
  const run = context.parentURL && new URL(context.parentURL).search;
  if (!run || !specifier.startsWith('.')) return next(specifier, context);
  return { url: new URL(specifier.replace(/\.js$/, '.ts') + run, context.parentURL).href, shortCircuit: true };
}

export async function load(url, context, next) {
  const { pathname, search } = new URL(url);
  if (!search || !pathname.endsWith('.ts')) return next(url, context);
  const file = fileURLToPath(new URL(pathname, 'file:'));
  if (!compiled.has(file)) compiled.set(file, compile(file));
  return { format: 'module', source: await compiled.get(file), shortCircuit: true };
}

async function compile(filename) {
  const { code } = await transform(await readFile(filename, 'utf8'), { ...OPTIONS, filename });
  return code;
}

// Runs unit tests for Stryker in its own process. Jest would build its sandbox, and load every package in it, for each of
// thousands of mutants; here packages are loaded once, and only sources anew.
import 'reflect-metadata';
import { register } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import specsOf from './specs.mjs';

/** Of the spec that is being loaded. @type {{ title: string, name: string, body: () => unknown }[]} */
let tests = [];
let names = [];

function describe(name, body) {
  names.push(name);
  body();
  names.pop();
}

function it(name, body) {
  const title = [...names, name].join(' ');
  const same = tests.filter((test) => test.title === title).length;
  tests.push({ title, name: same ? `${title} #${same + 1}` : title, body });
}

/** Jest's `each`: rows are lists of arguments, or one argument each. */
const each = (define) => (rows) => (name, body) => {
  const lists = rows.every((row) => Array.isArray(row)) ? rows : rows.map((row) => [row]);
  for (const values of lists) define(format(name, ...values), () => body(...values));
};

Object.assign(globalThis, { expect, describe, it, test: it });
describe.each = each(describe);
it.each = each(it);

class UnitRunner {
  runs = 0;
  stryker = (globalThis.__stryker__ ??= {});

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    register('./hooks.mjs', import.meta.url);
  }

  async dryRun() {
    this.stryker.mutantCoverage = undefined;
    const tests = await this.run(specsOf(), { disableBail: true });
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail, sandboxFileName }) {
    const own = basename(sandboxFileName, '.ts');
    // whole specs: what one test has made others may find in a cache, so that it seems to be of the first one only
    const specs = specsOf().filter((spec) => testFilter?.some((id) => id.startsWith(`${spec}:`)) ?? true);
    specs.sort((a, b) => Number(b.includes(own)) - Number(a.includes(own))); // the likeliest to fail first
    Object.assign(this.stryker, { hitLimit, hitCount: hitLimit ? 0 : undefined });
    const [mutant, whileLoading] = [activeMutant.id, mutantActivation === 'static'];
    try {
      const tests = await this.run(specs, { disableBail, mutant, whileLoading });
      const timeout = determineHitLimitReached(this.stryker.hitCount, hitLimit);
      return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } catch (error) {
      return toMutantRunResult({ status: DryRunStatus.Error, errorMessage: String(error) }, disableBail);
    }
  }

  /** Loads one spec after the other and runs its tests, until one fails. */
  async run(specs, { disableBail, mutant, whileLoading = false }) {
    const results = [];
    const run = ++this.runs;
    for (const spec of specs) {
      this.stryker.activeMutant = whileLoading ? mutant : undefined;
      const loaded = await load(spec, run);
      this.stryker.activeMutant = mutant;
      for (const test of loaded) {
        const result = await this.resultOf(test);
        results.push(result);
        if (result.failureMessage !== undefined && !disableBail) return results;
      }
    }
    return results;
  }

  async resultOf({ id, body }) {
    this.stryker.currentTestId = id;
    const began = performance.now();
    const failureMessage = await outcomeOf(body);
    const status = failureMessage === undefined ? TestStatus.Success : TestStatus.Failed;
    this.stryker.currentTestId = undefined;
    return { id, name: id, status, failureMessage, timeSpentMs: Math.round(performance.now() - began) };
  }
}

async function load(spec, run) {
  [tests, names] = [[], []];
  await import(`${pathToFileURL(join(process.cwd(), spec)).href}?run=${run}`);
  return tests.map(({ name, body }) => ({ id: `${spec}: ${name}`, body }));
}

async function outcomeOf(body) {
  try {
    await body();
    return undefined;
  } catch (error) {
    return String(error?.message ?? error);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'unit', UnitRunner)];

// Runs tests for Stryker in one process. Jest would build its sandbox and load every package again for each of
// thousands of mutants. Here packages are loaded once, and only the specs and the mutated modules are loaded again.
import 'reflect-metadata';
import { createRequire, register } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import specsOf from './specs.mjs';
import { run, suiteOf } from './suite.mjs';

const tool = createRequire(new URL('../../tools/package.json', import.meta.url));
const { declareClassPlugin, PluginKind } = await import(pathToFileURL(tool.resolve('@stryker-mutator/api/plugin')));
const { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } = await import(
  pathToFileURL(tool.resolve('@stryker-mutator/api/test-runner'))
);

class Runner {
  loads = 0;
  stryker = (globalThis.__stryker__ ??= {});

  async init() {
    register('./hooks.mjs', import.meta.url);
  }

  async dryRun() {
    this.stryker.mutantCoverage = undefined;
    const tests = await this.run(specsOf(), { disableBail: true });
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation, disableBail, sandboxFileName }) {
    const own = basename(sandboxFileName).split('.')[0];
    const specs = specsOf().filter((spec) => testFilter?.some((id) => id.startsWith(`${spec}:`)) ?? true);
    specs.sort((a, b) => Number(b.includes(own)) - Number(a.includes(own))); // the specs most likely to fail come first
    Object.assign(this.stryker, { hitLimit, hitCount: hitLimit ? 0 : undefined });
    const [mutant, whileLoading] = [activeMutant.id, mutantActivation === 'static'];
    try {
      const tests = await this.run(specs, { disableBail, mutant, whileLoading, testFilter });
      const timeout = determineHitLimitReached(this.stryker.hitCount, hitLimit);
      return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } catch (error) {
      return toMutantRunResult({ status: DryRunStatus.Error, errorMessage: String(error) }, disableBail);
    }
  }

  /** Runs the specs one after another. Unless `disableBail` is set, stops after the first failed test. */
  async run(specs, { disableBail, mutant, whileLoading = false, testFilter }) {
    const results = [];
    for (const spec of specs) {
      this.stryker.activeMutant = whileLoading ? mutant : undefined;
      const loaded = await this.load(spec);
      this.stryker.activeMutant = mutant;
      for await (const result of this.resultsOf(spec, loaded, testFilter)) {
        results.push(result);
        if (result.status === TestStatus.Failed && !disableBail) return results;
      }
    }
    return results;
  }

  async *resultsOf(spec, suite, testFilter) {
    const isWanted = (id) => testFilter?.includes(id) ?? true;
    let began = performance.now();
    for await (const { test, error } of run(suite, isWanted, (id, work) => this.within(id, work))) {
      yield resultOf(test.id, error, performance.now() - began);
      began = performance.now();
    }
    this.shareCoverage(suite);
  }

  /** Runs `work` and counts its coverage for the test or suite `id`. Returns the error, or undefined. */
  async within(id, work) {
    this.stryker.currentTestId = id;
    try {
      await work();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      this.stryker.currentTestId = undefined;
    }
  }

  /** Adds the coverage of a suite's own hooks to each of its tests. */
  shareCoverage(suite) {
    const { perTest = {} } = this.stryker.mutantCoverage ?? {};
    for (const part of suite.parts.filter(({ parts }) => parts)) this.shareCoverage(part);
    for (const [mutant, count] of Object.entries(perTest[suite.id] ?? {})) {
      for (const { id } of suite.tests()) {
        perTest[id] ??= {};
        perTest[id][mutant] = (perTest[id][mutant] ?? 0) + count;
      }
    }
    delete perTest[suite.id];
  }

  /** Loads a spec and its relative imports again. */
  suiteOf(spec) {
    return suiteOf(spec, () => importHere(`${spec}?run=${++this.loads}`));
  }
}

/** Imports a file from Stryker's copy of the project. Stryker loads this plugin from outside that copy. */
function importHere(file) {
  return import(new URL(file, pathToFileURL(`${process.cwd()}/`)).href);
}

function resultOf(id, error, ms) {
  const failureMessage = error && String(error.message ?? error);
  const status = error ? TestStatus.Failed : TestStatus.Success;
  return { id, name: id, status, failureMessage, timeSpentMs: Math.round(ms) };
}

/** Runs all unit tests of a spec: caches can make code seem to be covered by the first test only. */
class UnitRunner extends Runner {
  capabilities() {
    return { reloadEnvironment: true };
  }

  load(spec) {
    return this.suiteOf(spec);
  }

  resultsOf(spec, suite) {
    return super.resultsOf(spec, suite);
  }
}

/** Runs e2e tests: each spec has a new application with its own database. The application's modules are loaded once. */
class ApplicationRunner extends Runner {
  capabilities() {
    return { reloadEnvironment: false };
  }

  async load() {
    this.modules ??= loadApplication();
    Object.assign(this, await this.modules);
  }

  async *resultsOf(spec, _loaded, testFilter) {
    this.applications = new this.Applications();
    const error = await super.within(`${spec}:`, async () =>
      Object.assign(globalThis, await this.applications.begin()),
    );
    try {
      if (error) yield resultOf(`${spec}: `, error, 0);
      else yield* super.resultsOf(spec, await this.suiteOf(spec), testFilter);
    } finally {
      await this.applications.end();
    }
  }

  /** Also returns an error if a response breaks the API contract. */
  async within(id, work) {
    const error = await super.within(id, work);
    return error ?? this.applications.judge.takeErrors()[0];
  }

  dispose() {
    return this.tearDown?.();
  }
}

async function loadApplication() {
  const { default: setUp } = await importHere('test/support/global-setup.mjs');
  await setUp();
  const { default: tearDown } = await importHere('test/support/global-teardown.mjs');
  const { Applications } = await importHere('test/support/applications.mjs');
  await importHere('dist/src/app.js');
  return { Applications, tearDown };
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'unit', UnitRunner),
  declareClassPlugin(PluginKind.TestRunner, 'application', ApplicationRunner),
];

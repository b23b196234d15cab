import { createRequire } from 'node:module';
import AppEnvironment from '../support/environment.mjs';

const { mixinJestEnvironment } = createRequire(import.meta.url)('@stryker-mutator/jest-runner');

/** An application on a database of its own, with the mutant of this run switched on. */
class MutatedEnvironment extends AppEnvironment {
  async setup() {
    globalThis.__stryker__.activeMutant = process.env['__STRYKER_ACTIVE_MUTANT__'];
    await super.setup();
  }
}

export default mixinJestEnvironment(MutatedEnvironment);

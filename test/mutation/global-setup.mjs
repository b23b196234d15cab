// The application runs outside of Jest's sandbox, where Stryker's switch is to be as well, before any of it is loaded.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import globalSetup from '../support/global-setup.mjs';

const require = createRequire(import.meta.url);
const runner = dirname(require.resolve('@stryker-mutator/jest-runner/package.json'));
const { state } = require(join(runner, 'dist/src/jest-plugins/messaging.cjs'));

export default async function setUp() {
  globalThis.__stryker__ = state.instrumenterContext;
  await globalSetup();
}

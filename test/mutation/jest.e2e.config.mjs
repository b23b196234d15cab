import config from '../../jest.config.mjs';

const e2e = config.projects.find(({ displayName }) => displayName === 'e2e');

/** The e2e tests of who may do what, all in one file and so on one application. */
export default {
  ...e2e,
  displayName: undefined,
  rootDir: process.cwd(),
  testTimeout: 15_000,
  testMatch: ['<rootDir>/test/mutation/access.mutation-spec.ts'],
  testEnvironment: './test/mutation/environment.mjs',
  globalSetup: './test/mutation/global-setup.mjs',
};

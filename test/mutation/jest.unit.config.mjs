import config from '../../jest.config.mjs';

const unit = config.projects.find(({ displayName }) => displayName === 'unit');

/** The unit tests of what judges input. */
export default {
  ...unit,
  displayName: undefined,
  rootDir: process.cwd(),
  testMatch: ['<rootDir>/src/kernel/validation/*.spec.ts'],
  testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
};

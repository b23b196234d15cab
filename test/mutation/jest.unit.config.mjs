import config from '../../jest.config.mjs';

const unit = config.projects.find(({ displayName }) => displayName === 'unit');

/** The unit tests of one part, all in one file. */
export default {
  ...unit,
  displayName: undefined,
  rootDir: process.cwd(),
  roots: ['<rootDir>/src', '<rootDir>/test/mutation'],
  // in one file each, which is quicker to load for every mutant anew
  moduleNameMapper: {
    '^class-validator$': 'class-validator/bundles/class-validator.umd.min.js',
    ...unit.moduleNameMapper,
  },
  testMatch: [`<rootDir>/test/mutation/${process.env['MUTATE'] ?? 'validation'}.mutation-spec.ts`],
  testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
};

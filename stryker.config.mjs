const common = {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  ignoreStatic: true, // they would each need a new process
  ignorePatterns: ['.data', 'coverage', 'reports'],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: 80 },
  tempDirName: '.data/mutation',
};

const jest = (name) => ({ projectType: 'custom', configFile: `test/mutation/${name}`, enableFindRelatedTests: false });

/** What judges input, by its unit tests. */
const validation = {
  ...common,
  jest: jest('jest.unit.config.mjs'),
  mutate: ['src/kernel/validation/*.ts', '!**/*.spec.ts', '!**/*.d.ts'],
};

/** Who may do what, by its e2e tests on the built application. */
const access = {
  ...common,
  jest: jest('jest.e2e.config.mjs'),
  buildCommand: 'node scripts/build-if-needed.mjs',
  timeoutMS: 30_000,
  mutate: [
    'src/kernel/http/access.ts',
    'src/auth/{access.guard,access-token,auth.service,jwt.strategy,key-ring,refresh-token,seen-tokens}.ts',
    'src/auth/{sealed-secret,sign-in.service,sessions.service,access-tokens.service}.ts',
    'src/auth/{totp.check,totp.codes,totp.service}.ts',
  ],
};

/** Mutation tests: `npm run mutation`, or with MUTATE=access of the other part. */
export default process.env['MUTATE'] === 'access' ? access : validation;

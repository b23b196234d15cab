const common = {
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000, // what loops for ever is found by its count; a busy machine is not to look like it
  ignorePatterns: ['.data', 'coverage', 'reports'],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: 80 },
  tempDirName: '.data/mutation',
};

const unit = {
  plugins: ['./test/mutation/unit-runner.mjs'],
  testRunner: 'unit',
  maxTestRunnerReuse: 200, // what was loaded for a mutant stays in memory
};

const e2e = {
  plugins: ['@stryker-mutator/jest-runner'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'test/mutation/jest.e2e.config.mjs', enableFindRelatedTests: false },
};

/** What judges input, by its unit tests. */
const validation = {
  ...common,
  ...unit,
  mutate: ['src/kernel/validation/*.ts', '!**/*.spec.ts', '!**/*.d.ts'],
};

/** What judges tokens, codes and rules without asking anything, by its unit tests. */
const credentials = {
  ...common,
  ...unit,
  mutate: [
    'src/auth/{access-token,claims,crowds,device,key-ring,refresh-token,sealed-secret,seen-tokens}.ts',
    'src/auth/{totp.codes,totp.judgement}.ts',
    'src/kernel/http/access.ts',
  ],
};

/** Who may do what, by its e2e tests on the built application. */
const access = {
  ...common,
  ...e2e,
  buildCommand: 'node scripts/build-if-needed.mjs',
  ignoreStatic: true, // the application is loaded once
  mutate: [
    'src/auth/{access.guard,access-tokens.service,auth.service,jwt.strategy}.ts',
    'src/auth/{sessions.service,sign-in.service,totp.check,totp.service}.ts',
  ],
};

const parts = { validation, credentials, access };

/** Mutation tests: `npm run mutation`, or with MUTATE=credentials or MUTATE=access of the other parts. */
export default parts[process.env['MUTATE'] ?? 'validation'];

const common = {
  plugins: ['./test/mutation/runner.mjs'],
  coverageAnalysis: 'perTest',
  timeoutMS: 20_000, // what loops for ever is found by its count; a busy machine is not to look like it
  ignorePatterns: ['/.data', '/coverage', '/dist', '/reports'],
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 90, low: 80, break: 80 },
  tempDirName: '.data/mutation',
};

const unit = {
  testRunner: 'unit',
  maxTestRunnerReuse: 200, // what was loaded for a mutant stays in memory
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
    'src/auth/{access-token,claims,concurrency-limiter,device.decorator,key-ring,refresh-token,sealed-secret,token-cache}.ts',
    'src/auth/{totp.codes,totp.verification}.ts',
    'src/kernel/access/access.ts',
  ],
};

/** Who may do what, by its e2e tests on the built application. */
const access = {
  ...common,
  testRunner: 'application',
  buildCommand: 'node scripts/build-if-needed.mjs',
  concurrency: 1, // its databases are on one server
  timeoutMS: 300_000, // requests have deadlines of their own: slow tests of a busy machine are what is late
  mutate: [
    'src/auth/{token-authenticator,access-tokens.service,auth.service,jwt.strategy}.ts',
    'src/auth/{session-account,sessions.service,sign-in.service,totp-verifier,totp.service}.ts',
  ],
};

const parts = { validation, credentials, access };

/** Mutation tests: `npm run mutation`, or with MUTATE=credentials or MUTATE=access of the other parts. */
export default parts[process.env['MUTATE'] ?? 'validation'];

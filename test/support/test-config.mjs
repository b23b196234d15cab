/** Returns the configuration of an application under test, independent of the developer's environment. */
export async function testConfig(env) {
  const { readConfig } = await import('../../dist/src/config/config.js');
  return readConfig({
    NODE_ENV: 'test',
    JWT_SECRET: 'only-for-tests-and-at-least-32-bytes-long',
    CORS_ORIGINS: 'https://myapp.com',
    DATABASE_POOL_SIZE: '2',
    DATABASE_POOL_OVERFLOW: '8',
    AUTH_ATTEMPTS_PER_MINUTE: '100000',
    AUTH_FREE_FAILURES: '1000',
    DOCS_ENABLED: 'true',
    ...env,
  });
}

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, loadConfig, readConfig } from './config.js';
import { configProblems } from '../../test/support/config-problems.js';
import { VARIABLES } from './config.variables.js';

const SECRET = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';

describe('readConfig', () => {
  it('has a default for every variable', () => {
    expect(readConfig({}).values).toEqual({
      NODE_ENV: 'development',
      HOST: undefined,
      PORT: 8000,
      DATABASE_URL: undefined,
      DATA_DIR: '.data',
      DATABASE_POOL_SIZE: 10,
      DATABASE_POOL_OVERFLOW: 20,
      DATABASE_REPLICA_URLS: [],
      REPLICA_MAX_LAG_SECONDS: 5,
      REQUEST_TIMEOUT_SECONDS: 8,
      DATABASE_TLS: undefined,
      JWT_SECRET: '',
      JWT_RETIRED_SECRETS: [],
      ACCESS_TOKEN_MINUTES: 15,
      REFRESH_TOKEN_DAYS: 30,
      REFRESH_IDLE_DAYS: 14,
      PASSWORD_MIN_LENGTH: 8,
      PASSWORD_BLOCKLIST: undefined,
      AUTH_ATTEMPTS_PER_MINUTE: undefined,
      AUTH_FREE_FAILURES: undefined,
      CORS_ORIGINS: [],
      REDIS_URL: undefined,
      SMTP_URL: undefined,
      MAIL_FROM: 'Aerie <no-reply@aerie.example>',
      WORKERS: 1,
      INSTANCES: 1,
      PRE_STOP_MS: undefined,
      CURRENCY: 'USD',
      JOBS_IN_PROCESS: true,
      EXPORTS_IN_PROCESS: true,
      MAX_IN_FLIGHT: 100,
      MAX_QUEUED: 100,
      METRICS_PORT: undefined,
      METRICS_HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      SLOW_STATEMENT_MS: 500,
      REQUEST_HISTORY_MB: 8,
      DOCS_ENABLED: undefined,
      TRUST_PROXY: 0,
      KEEP_ALIVE_SECONDS: 65,
      DEMO_DATA: undefined,
    });
  });

  it('reads and parses the variables', () => {
    const { values } = readConfig({
      HOST: '::1',
      PORT: '0',
      DATABASE_URL: 'postgresql://db/aerie',
      DATABASE_REPLICA_URLS: 'postgres://one/aerie, postgres://two/aerie',
      CORS_ORIGINS: 'https://myapp.com,http://localhost:3000',
      REDIS_URL: 'rediss://cache:6380',
      SMTP_URL: 'smtps://mail:465',
      WORKERS: '4',
      LOG_LEVEL: 'silent',
      DOCS_ENABLED: 'off',
      DEMO_DATA: 'TRUE',
    });
    expect(values).toMatchObject({ HOST: '::1', PORT: 0, DATABASE_URL: 'postgresql://db/aerie', WORKERS: 4 });
    expect(values.DATABASE_REPLICA_URLS).toEqual(['postgres://one/aerie', 'postgres://two/aerie']);
    expect(values.CORS_ORIGINS).toEqual(['https://myapp.com', 'http://localhost:3000']);
    expect(values).toMatchObject({ REDIS_URL: 'rediss://cache:6380', SMTP_URL: 'smtps://mail:465' });
    expect(values).toMatchObject({ LOG_LEVEL: 'silent', DOCS_ENABLED: false, DEMO_DATA: true });
  });

  it('treats an empty or blank variable as absent', () => {
    expect(readConfig({ PORT: '', WORKERS: '  ', REDIS_URL: '' }).values).toMatchObject({ PORT: 8000, WORKERS: 1 });
  });

  it('reports all errors in one message', () => {
    const env = {
      NODE_ENV: 'prod',
      PORT: '80a',
      WORKERS: '0',
      LOG_LEVEL: 'loud',
      DOCS_ENABLED: '2',
      JWT_SECRET: 'short',
    };
    expect(() => readConfig(env)).toThrow(
      new ConfigurationError([
        'NODE_ENV must be one of development, production, test',
        'PORT must be a whole number from 0 to 65535',
        'WORKERS must be a whole number from 1 to 64',
        'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent',
        'DOCS_ENABLED must be true or false',
        'JWT_SECRET must have at least 32 bytes',
      ]),
    );
    expect(() => readConfig(env)).toThrow(/^The configuration has 6 errors:\n {2}- NODE_ENV must/);
  });

  it.each([
    'https://myapp.com/',
    'https://myapp.com/path',
    'HTTPS://myapp.com',
    '*',
    'null',
    'myapp.com',
    'ftp://myapp.com',
  ])('refuses %s as an origin', (origin) =>
    expect(configProblems({ CORS_ORIGINS: `https://good.com,${origin}` })).toHaveLength(1),
  );

  it.each(['1.5', '-1', '1e3', '0x10', '65536', '9'.repeat(20)])('refuses %s as a port', (port) =>
    expect(configProblems({ PORT: port })).toHaveLength(1),
  );

  it.each(Object.entries(VARIABLES).filter(([, spec]) => spec.secret))('never shows the value of %s', (name) => {
    const problems = configProblems({ [name]: 'hush!' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).not.toContain('hush');
  });
});

describe('JWT_SECRET', () => {
  it('is required in production', () => {
    expect(configProblems({ NODE_ENV: 'production' })).toEqual(['JWT_SECRET is required in production']);
    expect(configProblems({ NODE_ENV: 'production', JWT_SECRET: '   ' })).toEqual([
      'JWT_SECRET is required in production',
    ]);
    expect(configProblems({ NODE_ENV: 'production', JWT_SECRET: SECRET })).toEqual([]);
  });

  it('must have at least 32 bytes, regardless of the number of characters', () => {
    expect(configProblems({ JWT_SECRET: 'x'.repeat(31) })).toHaveLength(1);
    expect(configProblems({ JWT_SECRET: 'x'.repeat(32) })).toEqual([]);
    expect(configProblems({ JWT_SECRET: 'ä'.repeat(16) })).toEqual([]);
  });
});

describe('production', () => {
  const production = { NODE_ENV: 'production', JWT_SECRET: SECRET };

  it('listens on all addresses, without documentation or demo data, by default', () => {
    expect(readConfig(production)).toMatchObject({
      production: true,
      host: '0.0.0.0',
      docsEnabled: false,
      demoData: false,
    });
    expect(readConfig({})).toMatchObject({ production: false, host: '127.0.0.1', docsEnabled: true, demoData: true });
  });

  it('waits 3 seconds for load balancers before a shutdown by default', () => {
    expect(readConfig(production).preStopMs).toBe(3000);
    expect(readConfig({ ...production, PRE_STOP_MS: '0' }).preStopMs).toBe(0);
    expect(readConfig({}).preStopMs).toBe(0);
  });

  it('has defaults that can be overridden', () => {
    const config = readConfig({ ...production, HOST: '10.0.0.1', DOCS_ENABLED: 'true', DEMO_DATA: 'true' });
    expect(config).toMatchObject({ host: '10.0.0.1', docsEnabled: true, demoData: true });
  });
});

describe('the database', () => {
  it('receives no demo data by default if it is external', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://db/aerie' }).demoData).toBe(false);
  });

  it('can be set later, which keeps demo data enabled', () => {
    const found = readConfig({}).withDatabase('postgres://127.0.0.1/aerie');
    expect(found).toMatchObject({ databaseUrl: 'postgres://127.0.0.1/aerie', demoData: true });
  });

  it('causes an error while its URL is unknown', () => {
    expect(() => readConfig({}).databaseUrl).toThrow('is not known yet: set DATABASE_URL');
  });
});

describe('loadConfig', () => {
  const before = { folder: process.cwd(), env: { ...process.env } };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-config-'));
    process.chdir(folder);
    for (const name of Object.keys(VARIABLES)) delete process.env[name];
  });

  afterEach(() => {
    process.chdir(before.folder);
    Object.assign(process.env, before.env);
    rmSync(folder, { recursive: true });
  });

  it('reads .env, but prefers the real environment', () => {
    writeFileSync('.env', `PORT=1234\nWORKERS=3\nJWT_SECRET="${SECRET}"\n`);
    process.env['WORKERS'] = '2';
    expect(loadConfig().values).toMatchObject({ PORT: 1234, WORKERS: 2, JWT_SECRET: SECRET });
  });

  it('creates a key once and stores it in a file that only the owner can read', () => {
    const { JWT_SECRET } = loadConfig().values;
    expect(Buffer.from(JWT_SECRET, 'base64url')).toHaveLength(32);
    expect(readFileSync('.data/jwt-secret', 'utf8')).toBe(JWT_SECRET);
    expect(statSync('.data/jwt-secret').mode & 0o077).toBe(0);
    expect(loadConfig().values.JWT_SECRET).toBe(JWT_SECRET);
  });

  it('refuses an empty stored key', () => {
    loadConfig();
    writeFileSync('.data/jwt-secret', '');
    expect(() => loadConfig()).toThrow('jwt-secret');
  });

  it('creates no key in production', () => {
    process.env['NODE_ENV'] = 'production';
    expect(() => loadConfig()).toThrow('JWT_SECRET is required in production');
  });
});

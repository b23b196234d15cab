import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.js';
import { configProblems } from '../../test/support/config-problems.js';
import { environmentOfFiles } from './config.files.js';

const GOOD = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
const FORMER = 'c2Fs7dEw1Pq9RtY4uI0oM5nB8vC3xZ6kJhGfDsQa';

const GOOD_ONES = {
  NODE_ENV: 'production',
  JWT_SECRET: GOOD,
  DATABASE_URL: 'postgres://aerie:Vt7-qLw2@db.internal/aerie',
};

const inProduction = (env: Record<string, string>) => configProblems({ ...GOOD_ONES, ...env });
const url = (userInfo: string, rest = 'db.internal/aerie') => `postgres://${userInfo}@${rest}`;

const GUESSABLE = 'JWT_SECRET is too easy to guess: make one with "openssl rand -base64 48"';
const SAMPLE = 'JWT_SECRET is a known sample: make one with "openssl rand -base64 48"';
const KNOWN_PASSWORD = 'DATABASE_URL has a well-known password: choose another';
const NO_TLS = 'DATABASE_URL turns off TLS or its checks for another machine: remove sslmode, or set DATABASE_TLS';

describe('a production configuration is refused with', () => {
  it.each<[string, Record<string, string>, ...string[]]>([
    ['no secret', { JWT_SECRET: '' }, 'JWT_SECRET is required in production'],
    ['a blank secret', { JWT_SECRET: ' \t ' }, 'JWT_SECRET is required in production'],
    ['a short sample secret', { JWT_SECRET: 'changethis' }, 'JWT_SECRET must have at least 32 bytes', SAMPLE],
    ['a word as the secret', { JWT_SECRET: 'secret' }, 'JWT_SECRET must have at least 32 bytes', SAMPLE],
    ['a random but short secret', { JWT_SECRET: GOOD.slice(0, 31) }, 'JWT_SECRET must have at least 32 bytes'],
    ['a repeated sample secret', { JWT_SECRET: 'changethis'.repeat(5) }, SAMPLE],
    ['a secret of words from samples', { JWT_SECRET: 'my-super-secret-jwt-token-key-change-me' }, SAMPLE],
    [
      'a secret from a tutorial',
      { JWT_SECRET: '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7' },
      SAMPLE,
    ],
    ['the sample secret of jwt.io', { JWT_SECRET: 'a-string-secret-at-least-256-bits-long' }, SAMPLE],
    ['a secret of one repeated character', { JWT_SECRET: 'x'.repeat(64) }, GUESSABLE],
    ['the alphabet as the secret', { JWT_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789' }, GUESSABLE],
    ['a secret of consecutive digits', { JWT_SECRET: '1234567890'.repeat(4) }, GUESSABLE],
    ['a secret with a repeated pattern', { JWT_SECRET: 'aZ3!'.repeat(12) }, GUESSABLE],
    ['a secret of a few words', { JWT_SECRET: 'correct horse battery staple correct' }, GUESSABLE],
    ['a secret of ones and zeros', { JWT_SECRET: '0110100110010110100101100110100110010110' }, GUESSABLE],
    [
      'a weak retired secret',
      { JWT_RETIRED_SECRETS: 'x'.repeat(40) },
      'JWT_RETIRED_SECRETS is too easy to guess: make one with "openssl rand -base64 48"',
    ],
    [
      'the current secret as a retired secret',
      { JWT_RETIRED_SECRETS: `${FORMER},${GOOD}` },
      'JWT_RETIRED_SECRETS must not contain JWT_SECRET itself',
    ],
    [
      'a trailing comma after a retired secret',
      { JWT_RETIRED_SECRETS: `${FORMER},` },
      'JWT_RETIRED_SECRETS: each must have at least 32 bytes',
      'JWT_RETIRED_SECRETS is a known sample: make one with "openssl rand -base64 48"',
    ],
    ['a wildcard origin', { CORS_ORIGINS: '*' }, 'CORS_ORIGINS must list each origin: * would allow all of them'],
    [
      'a wildcard among other origins',
      { CORS_ORIGINS: 'https://a.example,*' },
      'CORS_ORIGINS must list each origin: * would allow all of them',
    ],
    ['postgres as the database user and password', { DATABASE_URL: url('postgres:postgres') }, KNOWN_PASSWORD],
    ['the password of .env.example', { DATABASE_URL: url('aerie:password') }, KNOWN_PASSWORD],
    ['the user’s name as the password', { DATABASE_URL: url('shop:Shop') }, KNOWN_PASSWORD],
    [
      'a well-known password of a local database',
      { DATABASE_URL: url('ann:changethis', 'localhost/aerie') },
      KNOWN_PASSWORD,
    ],
    [
      'a well-known password in the query of the URL',
      { DATABASE_URL: 'postgres://db/aerie?user=ann&password=secret' },
      KNOWN_PASSWORD,
    ],
    ['a percent-encoded well-known password', { DATABASE_URL: url('ann:%73ecret') }, KNOWN_PASSWORD],
    [
      'a well-known password of a replica',
      { DATABASE_REPLICA_URLS: `${url('ann:Vt7-qLw2')},${url('ann:ann')}` },
      'DATABASE_REPLICA_URLS has a well-known password: choose another',
    ],
    [
      'a well-known password in the direct URL',
      { DATABASE_URL: url('ann:Vt7-qLw2'), DATABASE_DIRECT_URL: url('ann:ann') },
      'DATABASE_DIRECT_URL has a well-known password: choose another',
    ],
    ...['disable', 'allow', 'prefer', 'no-verify'].map(
      (mode) =>
        [`sslmode=${mode}`, { DATABASE_URL: url('ann:Vt7-qLw2', `db/aerie?sslmode=${mode}`) }, NO_TLS] as [
          string,
          Record<string, string>,
          string,
        ],
    ),
    ['ssl=0', { DATABASE_URL: url('ann:Vt7-qLw2', 'db/aerie?ssl=0') }, NO_TLS],
    [
      'sslmode=disable for a host in the query of the URL',
      { DATABASE_URL: url('ann:Vt7-qLw2', 'localhost/aerie?host=db&sslmode=disable') },
      NO_TLS,
    ],
    [
      'sslmode=disable for a replica',
      { DATABASE_REPLICA_URLS: url('ann:Vt7-qLw2', 'db/aerie?sslmode=disable') },
      NO_TLS.replace('DATABASE_URL', 'DATABASE_REPLICA_URLS'),
    ],
  ])('%s', (_, env, ...problems) => {
    expect(inProduction(env)).toEqual(problems);
  });

  it('all problems at once, without secret values in the message', () => {
    const env = {
      JWT_SECRET: 'hush-changethis',
      JWT_RETIRED_SECRETS: 'hush-hush',
      CORS_ORIGINS: '*',
      DATABASE_URL: url('hush:hush', 'db/aerie?sslmode=disable'),
    };
    expect(inProduction(env)).toHaveLength(7);
    expect(inProduction(env).join('\n')).not.toContain('hush');
  });
});

describe('a production configuration is accepted with', () => {
  it.each<[string, Record<string, string>]>([
    ['a random base64 secret', {}],
    ['a random hexadecimal secret', { JWT_SECRET: '8f14e45fceea167a5a36dedd4bea2543ac627ab1ccbdb62ec96e702f07f6425b' }],
    ['retired secrets', { JWT_RETIRED_SECRETS: FORMER }],
    ['exact origins', { CORS_ORIGINS: 'https://a.example,https://b.example' }],
    ['the embedded database', { DATABASE_URL: '' }],
    ['a database without a password', { DATABASE_URL: 'postgres://aerie@db/aerie' }],
    [
      'TLS turned off by DATABASE_TLS',
      { DATABASE_URL: url('ann:Vt7-qLw2', 'db/a?sslmode=disable'), DATABASE_TLS: 'off' },
    ],
    ['no TLS for a local database', { DATABASE_URL: url('ann:Vt7-qLw2', '127.0.0.1/a?sslmode=disable') }],
    ['no TLS for a Unix socket', { DATABASE_URL: url('ann:Vt7-qLw2', '%2Ftmp/a?sslmode=disable') }],
  ])('%s', (_, env) => {
    expect(inProduction(env)).toEqual([]);
  });
});

it('a development configuration may have weak secrets and no TLS, but no short secrets', () => {
  const env = { JWT_SECRET: 'x'.repeat(32), DATABASE_URL: 'postgres://postgres:postgres@db/aerie?sslmode=disable' };
  expect(configProblems(env)).toEqual([]);
  expect(configProblems({ ...env, JWT_RETIRED_SECRETS: 'short' })).toHaveLength(1);
});

describe('DATABASE_TLS', () => {
  const ASKED = 'postgres://ann:Vt7-qLw2@db/aerie';

  it.each<[string, Record<string, string>, string]>([
    [
      'defaults to verify-full for other machines in production',
      { DATABASE_URL: ASKED },
      `${ASKED}?sslmode=verify-full`,
    ],
    [
      'is verify-full even for sslmode=require',
      { DATABASE_URL: `${ASKED}?sslmode=require&uselibpqcompat=true` },
      `${ASKED}?sslmode=verify-full`,
    ],
    [
      'keeps sslrootcert',
      { DATABASE_URL: `${ASKED}?sslrootcert=/ca.pem` },
      `${ASKED}?sslrootcert=%2Fca.pem&sslmode=verify-full`,
    ],
    ['can be require', { DATABASE_URL: ASKED, DATABASE_TLS: 'require' }, `${ASKED}?sslmode=no-verify`],
    ['can be off', { DATABASE_URL: `${ASKED}?ssl=true`, DATABASE_TLS: 'off' }, `${ASKED}?sslmode=disable`],
    [
      'does not apply to the local machine by default',
      { DATABASE_URL: 'postgres://localhost/aerie' },
      'postgres://localhost/aerie',
    ],
    [
      'applies to the local machine if it is set',
      { DATABASE_URL: 'postgres://[::1]/aerie', DATABASE_TLS: 'verify-full' },
      'postgres://[::1]/aerie?sslmode=verify-full',
    ],
    [
      'does not apply to a Unix socket',
      { DATABASE_URL: 'postgres:///aerie?host=/tmp', DATABASE_TLS: 'verify-full' },
      'postgres:///aerie?host=/tmp',
    ],
    [
      'defaults to the sslmode of the URL in development',
      { NODE_ENV: 'development', DATABASE_URL: `${ASKED}?sslmode=prefer` },
      `${ASKED}?sslmode=prefer`,
    ],
    [
      'can be set in development',
      { NODE_ENV: 'development', DATABASE_URL: ASKED, DATABASE_TLS: 'verify-full' },
      `${ASKED}?sslmode=verify-full`,
    ],
  ])('%s', (_, env, address) => {
    const config = readConfig({ ...GOOD_ONES, ...env, DATABASE_REPLICA_URLS: env['DATABASE_URL'] });
    expect(config.databaseUrl).toBe(address);
    expect(config.replicaUrls).toEqual([address]);
  });
});

describe('a secret in a file', () => {
  let folder: string;
  const file = (content: string) => {
    writeFileSync(join(folder, 'file'), content);
    return join(folder, 'file');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aerie-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each<[string, string, unknown]>([
    ['JWT_SECRET', GOOD, GOOD],
    ['JWT_RETIRED_SECRETS', `${FORMER},${GOOD}`, [FORMER, GOOD]],
    ['DATABASE_URL', 'postgres://db/aerie', 'postgres://db/aerie'],
    ['DATABASE_REPLICA_URLS', 'postgres://db/aerie', ['postgres://db/aerie']],
    ['REDIS_URL', 'redis://cache', 'redis://cache'],
    ['SMTP_URL', 'smtp://mail', 'smtp://mail'],
  ])('is read for %s without its final line break, and conflicts with a direct value', (name, content, value) => {
    expect(readConfig({ [`${name}_FILE`]: file(`${content}\n`) }).values).toMatchObject({ [name]: value });
    expect(configProblems({ [`${name}_FILE`]: file(content), [name]: content })).toEqual([
      `${name}_FILE and ${name} are both set: remove one`,
    ]);
  });

  it('is refused if the file is unreadable or empty, without showing its path or content', () => {
    expect(inProduction({ JWT_SECRET: '', JWT_SECRET_FILE: join(folder, 'none') })).toEqual([
      'JWT_SECRET_FILE cannot be read: no such file or directory',
    ]);
    expect(configProblems({ SMTP_URL_FILE: folder })).toEqual(['SMTP_URL_FILE cannot be read: it is a folder']);
    expect(configProblems({ REDIS_URL_FILE: file(' \n') })).toEqual(['REDIS_URL_FILE points to an empty file']);
    expect(configProblems({ DATABASE_URL_FILE: file('mysql://hush') }).join()).not.toMatch(/hush/);
  });

  it('is checked like a secret in a variable', () => {
    expect(inProduction({ JWT_SECRET: '', JWT_SECRET_FILE: file('x'.repeat(64)) })).toEqual([GUESSABLE]);
  });

  it('is passed on to other processes by value', () => {
    const given = { ...GOOD_ONES, JWT_SECRET: '', JWT_SECRET_FILE: file(GOOD), JWT_RETIRED_SECRETS: FORMER };
    const { values } = readConfig(given);
    rmSync(join(folder, 'file'));
    expect(readConfig({ ...given, ...environmentOfFiles(values) }).values).toEqual(values);
  });
});

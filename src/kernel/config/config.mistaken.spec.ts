import { ConfigurationError, readConfig } from './config.js';

const KEY = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
const FORMER = 'c2Fs7dEw1Pq9RtY4uI0oM5nB8vC3xZ6kJhGfDsQa';

function mistakes(env: Record<string, string>, NODE_ENV = 'production'): readonly string[] {
  try {
    readConfig({ NODE_ENV, JWT_SECRET: KEY, ...env });
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('a key of tokens is no password as well', () => {
  it.each([
    ['DATABASE_URL', `postgres://ann:${KEY}@db/aerie`],
    ['DATABASE_URL', `postgres://db/aerie?user=ann&password=${KEY}`],
    ['DATABASE_REPLICA_URLS', `postgres://ann:Vt7-qLw2@db/aerie,postgres://ann:${FORMER}@db/aerie`],
    ['REDIS_URL', `redis://:${KEY}@cache`],
    ['SMTP_URL', `smtp://ann:%63${FORMER.slice(1)}@mail`],
  ])('of %s %s', (name, address) => {
    expect(mistakes({ JWT_RETIRED_SECRETS: FORMER, [name]: address })).toEqual([
      `${name} has a password that is a key of tokens as well: take one for each`,
    ]);
    expect(mistakes({ JWT_RETIRED_SECRETS: FORMER, [name]: address }, 'development')).toEqual([]);
  });
});

describe('a variable that looks like one of ours', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['JWT_SERCET_FILE', 'JWT_SECRET_FILE'],
    ['DATABASE_TSL', 'DATABASE_TLS'],
    ['trust_prox', 'TRUST_PROXY'],
    ['APP_TRUST_PROXY', 'TRUST_PROXY'],
    ['AERIE_PORT', 'PORT'],
  ])('%s, is refused in production: %s is meant', (given, meant) => {
    expect(mistakes({ [given]: 'hush' })).toEqual([`${given} is no variable of Aerie: is it ${meant} that you mean?`]);
    expect(mistakes({ [given]: 'hush' }, 'development')).toEqual([]);
  });

  it('is none of those that others have', () => {
    const others = ['PATH', 'HOME', 'POSTGRES_PASSWORD', 'APP_NAME', 'AERIE_HOME', 'POST', 'HOSTS', 'NODE_OPTIONS'];
    expect(mistakes(Object.fromEntries(others.map((name) => [name, 'x'])))).toEqual([]);
  });
});

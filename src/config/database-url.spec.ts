import pg from 'pg';
import { ConfigurationError, readConfig, type Config } from './config.js';
import { databaseUrl, isLocal, passwordOf } from './database-url.js';

const SCHEME = 'must begin with postgres:// or postgresql://';
const ESCAPE = 'has a / ? # @ or % that is not escaped: in a user name or password write %2F %3F %23 %40 %25';
const SEVERAL = 'names several hosts or databases: name one';
const PORT = 'has a port that is not a number from 1 to 65535';
const BRACKETS = 'has an IPv6 address without brackets: write [::1]';
const SSLMODE = 'has an sslmode other than disable, allow, prefer, require, verify-ca, verify-full and no-verify';
const SSL = 'has an ssl other than true, 1, 0 and no-verify: use sslmode instead';
const UNKNOWN =
  'has a database, dbname, hostaddr, passfile or service after its ?, which would be ignored: write postgres://user:password@host:port/database';

describe('a database URL', () => {
  it.each([
    ['an unescaped # in the password', 'postgres://ann:hu#sh@db/aerie', ESCAPE],
    ['an unescaped # after digits in the password', 'postgres://ann:12#hush@db/aerie', ESCAPE],
    ['an unescaped / in the password', 'postgres://ann:hu/sh@db/aerie', ESCAPE],
    ['an unescaped / after digits in the password', 'postgres://ann:12/hush@db/aerie', ESCAPE],
    ['an unescaped / after an @ in the password', 'postgres://ann:h@us/h@db/aerie', ESCAPE],
    ['an unescaped ? in the password', 'postgres://ann:hu?sh@db/aerie', ESCAPE],
    ['an unescaped ? after digits in the password', 'postgres://ann:12?hu=sh@db/aerie', ESCAPE],
    ['an unescaped # in a password in the query', 'postgres://db/aerie?password=hu#sh', ESCAPE],
    ['an escape that is not valid UTF-8 in the password', 'postgres://ann:hu%e9sh@db/aerie', ESCAPE],
    ['an escape that is not valid UTF-8 in the database name', 'postgres://ann@db/hush%ff', ESCAPE],
    ['a line break', 'postgres://ann:hu\nsh@db/aerie', 'contains a line break or another control character'],
    ['a tab', 'postgres://ann:hush@db\t/aerie', 'contains a line break or another control character'],
    ['double quotes around the URL', '"postgres://ann:hush@db/aerie"', 'is in quotes: remove them'],
    ['single quotes around the URL', "'postgres://ann:hush@db/aerie'", 'is in quotes: remove them'],
    ['the scheme of another database', 'mysql://ann:hush@db/aerie', SCHEME],
    ['the scheme of a Python driver', 'postgresql+asyncpg://ann:hush@db/aerie', SCHEME],
    ['a JDBC URL', 'jdbc:postgresql://db/aerie?password=hush', SCHEME],
    ['only one slash after the scheme', 'postgres:/ann:hush@db/aerie', SCHEME],
    ['a libpq keyword/value string', 'host=db dbname=aerie password=hush', SCHEME],
    ['no scheme', 'ann:hush@db/aerie', SCHEME],
    ['several hosts', 'postgres://ann:hush@one,two/aerie', SEVERAL],
    ['several hosts with ports', 'postgres://ann:hush@one:5432,two:5433/aerie?target_session_attrs=primary', SEVERAL],
    ['several hosts in the query', 'postgres://ann:hush@/aerie?host=one,two', SEVERAL],
    ['several ports in the query', 'postgres:///aerie?host=one&port=5432,5433', SEVERAL],
    ['several hosts, each with a database', 'postgres://one/aerie,two/aerie', SEVERAL],
    ['a non-numeric port', 'postgres://ann:hush@db:abc/aerie', PORT],
    ['a non-numeric port in the query', 'postgres://db/aerie?port=abc', PORT],
    ['the port 0', 'postgres://ann:hush@db:0/aerie', PORT],
    ['the port 70000', 'postgres://ann:hush@db:70000/aerie', PORT],
    ['the port 1e3', 'postgres://db/aerie?port=1e3', PORT],
    ['a password without a host', 'postgres://ann:hush', PORT],
    ['an IPv6 address without brackets', 'postgres://ann:hush@::1:5432/aerie', BRACKETS],
    ['an IPv6 address without brackets or port', 'postgres://ann:hush@fd00::1/aerie', BRACKETS],
    ['a missing closing bracket', 'postgres://ann:hush@[::1/aerie', BRACKETS],
    ['brackets around an invalid address', 'postgres://ann:hush@[hush]/aerie', 'has a host that cannot be read'],
    ['an invalid host', 'postgres://ann:hush@d^b/aerie', 'has a host that cannot be read'],
    ['all parts empty', 'postgres://:@:/', 'names neither a host nor a database'],
    ['only a scheme', 'postgres://', 'names neither a host nor a database'],
    ['an invalid sslmode', 'postgres://ann:hush@db/aerie?sslmode=requre', SSLMODE],
    ['an sslmode in upper case', 'postgres://ann:hush@db/aerie?sslmode=REQUIRE', SSLMODE],
    ['ssl=false, which pg reads as true', 'postgres://ann:hush@db/aerie?ssl=false', SSL],
    ['a database name in the query', 'postgres://ann:hush@db?dbname=aerie', UNKNOWN],
    ['hostaddr, which only libpq supports', 'postgres:///aerie?hostaddr=10.0.0.1', UNKNOWN],
  ])('is refused with the reason, without showing its contents: %s', (_, address, problem) => {
    expect(databaseUrl(address)).toEqual({ problem });
    expect(problem).not.toMatch(/hu.?sh/);
  });

  it.each<[string, string, Partial<Record<'user' | 'password' | 'host' | 'database', string>> & { port?: number }]>([
    ['percent escapes', 'postgres://a%40b:%2F%3F%23%40%25@db/aerie', { user: 'a@b', password: '/?#@%' }],
    ['an @ in the password', 'postgres://ann:pa@ss@db/aerie', { password: 'pa@ss', host: 'db' }],
    ['a : in the password', 'postgres://ann:pa:ss@db/aerie', { password: 'pa:ss' }],
    ['a % that is not an escape', 'postgres://ann:100%@db/aerie', { password: '100%' }],
    ['an unescaped % after an escape', 'postgres://ann:%4a%zz@db/aerie', { password: 'J%zz' }],
    ['an unescaped space after an escape', 'postgres://ann:%2F ss@db/my db', { password: '/ ss', database: 'my db' }],
    [
      'letters outside ASCII',
      'postgres://änn:pässwört@db/größe',
      { user: 'änn', password: 'pässwört', database: 'größe' },
    ],
    ['brackets and other special characters', 'postgres://ann:[p]^{s}|\\"<>@db/aerie', { password: '[p]^{s}|\\"<>' }],
    ['a password with a comma', 'postgres://ann:p,ss@db/aerie', { password: 'p,ss' }],
    [
      'an Azure user name',
      'postgres://db/aerie?user=ann@server&password=p@ss',
      { user: 'ann@server', password: 'p@ss' },
    ],
    [
      'a socket path in the query',
      'postgres://ann:pw@/aerie?host=/run/postgresql',
      { user: 'ann', password: 'pw', host: '/run/postgresql', database: 'aerie' },
    ],
    [
      'a socket path in the query, with a port',
      'postgres://ann:pw@:5433/aerie?host=/run/postgresql',
      { host: '/run/postgresql', port: 5433 },
    ],
    [
      'a socket path in the query, without a user',
      'postgres:///aerie?host=/run/postgresql',
      { host: '/run/postgresql', database: 'aerie' },
    ],
    [
      'a socket path as the host',
      'postgres://ann:pw@%2Frun%2Fpostgresql:5433/aerie',
      { host: '/run/postgresql', port: 5433, database: 'aerie' },
    ],
    ['no host', 'postgres://ann:pw@/aerie', { host: 'localhost', database: 'aerie' }],
    ['an IPv6 address', 'postgres://ann:pw@[fd00::1]:5433/aerie', { host: 'fd00::1', port: 5433 }],
    ['an IPv6 address in the query', 'postgres://ann:pw@/aerie?host=fd00::1', { host: 'fd00::1', port: 5432 }],
    ['no database, which defaults to the user name', 'postgres://ann:pw@db', { database: 'ann' }],
    ['no database after the slash', 'postgres://ann:pw@db:5433/', { database: 'ann', port: 5433 }],
    ['a scheme in upper case', 'POSTGRESQL://ann@db/aerie', { user: 'ann', host: 'db', database: 'aerie' }],
    ['parameters of other software', 'postgres://ann@db/aerie?schema=public&pgbouncer=true', { database: 'aerie' }],
    ['options with a comma', 'postgres://ann@db/aerie?options=-c%20search_path=a,b', { database: 'aerie' }],
  ])('is parsed by pg into the expected parts: %s', (_, address, expected) => {
    expect(clientOf(readConfig({ DATABASE_URL: address }))).toMatchObject(expected);
    expect(clientOf(readConfig({ DATABASE_URL: address, DATABASE_TLS: 'require' }))).toMatchObject(expected);
  });

  it('stays the same when it is parsed again', () => {
    for (const address of ['postgres://ann:100%@db/my db', 'postgres://ann:pw@/aerie?host=/run', 'postgres://db/a']) {
      const { DATABASE_URL = '' } = readConfig({ DATABASE_URL: address }).values;
      expect(databaseUrl(DATABASE_URL)).toEqual({ value: DATABASE_URL });
    }
  });

  it.each(['', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'])(
    'may have the sslmode %j',
    (mode) => {
      expect(databaseUrl(`postgres://db/aerie?sslmode=${mode}`)).toHaveProperty('value');
    },
  );

  it.each(['true', '1', '0', 'no-verify'])('may have the ssl value %j', (ssl) => {
    expect(databaseUrl(`postgres://db/aerie?ssl=${ssl}`)).toHaveProperty('value');
  });
});

const replicas = (DATABASE_REPLICA_URLS: string) => readConfig({ DATABASE_REPLICA_URLS }).values.DATABASE_REPLICA_URLS;

describe('replica URLs', () => {
  it('may have commas in their passwords', () => {
    expect(replicas('postgres://ann:p,ss@one/aerie, postgresql://two/aerie')).toEqual([
      'postgres://ann:p,ss@one/aerie',
      'postgresql://two/aerie',
    ]);
  });

  it.each([
    ['postgres://ann:hush@one,two/aerie', SEVERAL],
    ['postgres://ann:hush@one/aerie,two/aerie', SEVERAL],
    ['postgres://one/aerie,', SCHEME],
    ['postgres://one/aerie,postgres://ann:hu#sh@two/aerie', ESCAPE],
  ])('are refused with the reason if one of them is invalid: %s', (addresses, problem) => {
    expect(() => replicas(addresses)).toThrow(new ConfigurationError([`DATABASE_REPLICA_URLS ${problem}`]));
  });
});

describe('isLocal', () => {
  it.each([
    'postgres://localhost/a',
    'postgres://LocalHost/a',
    'postgres://127.0.0.1/a',
    'postgres://[::1]/a',
    'postgres:///a?host=/tmp',
    'postgres://db/a?host=/tmp',
    'postgres://%2Ftmp/a',
    'postgres:///a',
  ])('is true for %s', (address) => expect(isLocal(address)).toBe(true));

  it.each([
    'postgres://db/a',
    'postgres://localhost/a?host=db',
    'postgres://localhost.example/a',
    'postgres://[fd00::1]/a',
  ])('is false for %s', (address) => expect(isLocal(address)).toBe(false));
});

it('passwordOf returns the decoded password from before the host or from the query', () => {
  expect(passwordOf('postgres://ann:%2Fpw@db/a')).toBe('/pw');
  expect(passwordOf('postgres://ann:one@db/a?password=two')).toBe('two');
  expect(passwordOf('redis://:p%20w@cache')).toBe('p w');
  expect(passwordOf('smtp://mail')).toBe('');
  expect(passwordOf('smtp://ann:100%@mail')).toBe('100%');
  expect(passwordOf('smtp://ann:p%e9x@mail')).toBe('p%e9x');
});

/** Returns how pg parses the URL of the database. Opens no connection. */
function clientOf(config: Config) {
  const { user, password, host, port, database } = new pg.Client({ connectionString: config.databaseUrl });
  return { user, password, host, port, database };
}

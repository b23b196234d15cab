import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.js';
import { configProblems } from '../../test/support/config-problems.js';
import { VARIABLES } from './config.variables.js';

const KEY = 'Zq8vN3xW5kT1mB7rY0hJ4uE9sL6dA2cFgPiOoXw';
const FORMER = 'c2Fs7dEw1Pq9RtY4uI0oM5nB8vC3xZ6kJhGfDsQa';

const warningsOf = (env: Record<string, string>, NODE_ENV = 'development') =>
  readConfig({ NODE_ENV, JWT_SECRET: KEY, ...env }).warnings;

const problems = (env: Record<string, string>, NODE_ENV = 'production') =>
  configProblems({ NODE_ENV, JWT_SECRET: KEY, ...env });

describe('a token key that is also a password', () => {
  it.each([
    ['DATABASE_URL', `postgres://ann:${KEY}@db/aerie`],
    ['DATABASE_URL', `postgres://db/aerie?user=ann&password=${KEY}`],
    ['DATABASE_REPLICA_URLS', `postgres://ann:Vt7-qLw2@db/aerie,postgres://ann:${FORMER}@db/aerie`],
    ['REDIS_URL', `redis://:${KEY}@cache`],
    ['SMTP_URL', `smtp://ann:%63${FORMER.slice(1)}@mail`],
  ])('in %s is refused in production, but not in development: %s', (name, address) => {
    expect(problems({ JWT_RETIRED_SECRETS: FORMER, [name]: address })).toEqual([
      `${name} uses a token key as its password: use a different value for each`,
    ]);
    expect(problems({ JWT_RETIRED_SECRETS: FORMER, [name]: address }, 'development')).toEqual([]);
  });
});

describe('a variable whose name resembles an Aerie variable', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['JWT_SERCET_FILE', 'JWT_SECRET_FILE'],
    ['DATABASE_TSL', 'DATABASE_TLS'],
    ['trust_prox', 'TRUST_PROXY'],
    ['APP_TRUST_PROXY', 'TRUST_PROXY'],
    ['AERIE_PORT', 'PORT'],
    ['WORKRES', 'WORKERS'],
    ['PROT', 'PORT'],
    ['trust_proxy', 'TRUST_PROXY'],
    ['workers', 'WORKERS'],
    ['app_workers', 'WORKERS'],
    ['Jwt_Secret_File', 'JWT_SECRET_FILE'],
    ['LOG_LEVEL_FLIE', 'LOG_LEVEL_FILE'],
    ['log_level_file', 'LOG_LEVEL_FILE'],
  ])('is refused in production and causes a warning in development: %s for %s', (given, meant) => {
    const sentence = `${given} is not an Aerie variable: did you mean ${meant}?`;
    expect(problems({ [given]: 'hush' })).toEqual([sentence]);
    expect(problems({ [given]: 'hush' }, 'development')).toEqual([]);
    expect(warningsOf({ [given]: 'hush' })).toEqual([sentence]);
  });

  it('is accepted if it is a common variable of other software', () => {
    const others = [
      'PATH',
      'HOME',
      'POSTGRES_PASSWORD',
      'APP_NAME',
      'AERIE_HOME',
      'POST',
      'HOSTS',
      'API_URL',
      'WORKER',
      'NODE_OPTIONS',
      'host',
      'Port',
    ];
    const env = Object.fromEntries(others.map((name) => [name, 'x']));
    expect(problems(env)).toEqual([]);
    expect(warningsOf(env)).toEqual([]);
  });
});

describe('a variable whose name resembles an Aerie variable that is also set', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS', 'https://a.example'],
    ['APP_PORT', 'PORT', '8000'],
    ['AERIE_PORT', 'PORT', '8000'],
    ['REDIS_URI', 'REDIS_URL', 'redis://cache'],
    ['JWT_SECRETS', 'JWT_SECRET', KEY],
    ['trust_prox', 'TRUST_PROXY', '1'],
    ['Jwt_Secret', 'JWT_SECRET', KEY],
  ])('causes only a warning in production: %s', (given, meant, value) => {
    const { warnings } = readConfig({ NODE_ENV: 'production', JWT_SECRET: KEY, [meant]: value, [given]: 'hush' });
    expect(warnings).toEqual([`${given} is not an Aerie variable and is ignored: ${meant} is set`]);
  });

  it('causes only a warning if the Aerie variable is set through a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aerie-mistaken-'));
    writeFileSync(join(folder, 'key'), KEY);
    const given = { NODE_ENV: 'production', JWT_SECRET_FILE: join(folder, 'key'), JWT_SECRETS: 'hush' };
    expect(readConfig(given).warnings).toEqual([
      'JWT_SECRETS is not an Aerie variable and is ignored: JWT_SECRET is set',
    ]);
    rmSync(folder, { recursive: true });
  });

  it('causes the same warning in development', () => {
    expect(warningsOf({ CORS_ORIGINS: 'https://a.example', CORS_ORIGIN: 'hush' })).toEqual([
      'CORS_ORIGIN is not an Aerie variable and is ignored: CORS_ORIGINS is set',
    ]);
  });
});

describe('variables of Kubernetes and Docker links', () => {
  const services = ['aerie', 'app', 'redis', 'database', 'smtp', 'cors-origin', 'trust-prox', 'port', 'host'];
  const ours = Object.keys(VARIABLES).map((name) => name.toLowerCase().replaceAll('_', '-'));

  it.each([...services, ...ours])('for a service named %s are ignored in production', (service) => {
    for (const [address, host] of [
      ['10.96.12.7', '10.96.12.7'],
      ['[fd00::7]', 'fd00::7'],
    ] as const) {
      const { warnings } = readConfig({ NODE_ENV: 'production', JWT_SECRET: KEY, ...linksOf(service, address, host) });
      expect(warnings).toEqual([]);
    }
  });

  it.each(['tcp://10.96.12.7:8000', 'udp://10.96.12.7:53', 'sctp://10.96.12.7:9', 'tcp://[fd00::7]:8000'])(
    'with the name of an Aerie variable are refused: %s',
    (value) => {
      for (const name of Object.keys(VARIABLES).filter((each) => each !== 'JWT_SECRET' && each !== 'NODE_ENV')) {
        for (const NODE_ENV of ['production', 'development']) {
          expect(problems({ [name]: value }, NODE_ENV)).toEqual([
            `${name} contains the address of a service, set by Kubernetes or Docker links: rename the service, or disable these variables (enableServiceLinks: false)`,
          ]);
        }
      }
    },
  );
});

/** Returns the variables of Docker and Kubernetes links, with a named and an unnamed port. */
function linksOf(service: string, address: string, host: string): Record<string, string> {
  const name = service.toUpperCase().replaceAll('-', '_');
  const ports = ['8000', '9000'].flatMap((port) => [
    [`PORT_${port}_TCP`, `tcp://${address}:${port}`],
    [`PORT_${port}_TCP_PROTO`, 'tcp'],
    [`PORT_${port}_TCP_PORT`, port],
    [`PORT_${port}_TCP_ADDR`, host],
    [`PORT_${port}_TCP_START`, `tcp://${address}:${port}`],
  ]);
  const links = [
    ['SERVICE_HOST', host],
    ['SERVICE_PORT', '8000'],
    ['SERVICE_PORT_HTTP', '8000'],
    ['PORT', `tcp://${address}:8000`],
    ['NAME', `/shop/${service}`],
    ['ENV_PORT', '8000'],
    ['ENV_JWT_SECRET', 'hush'],
    ['ENV_NODE_VERSION', '24.21.0'],
  ];
  return Object.fromEntries([...ports, ...links].map(([key, value]) => [`${name}_${key}`, value!]));
}

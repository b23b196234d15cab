import { currency, flag, integer, list, oneOf, text, url, webAddress, type Parser } from './config.parsers.js';
import { databaseUrl, databaseUrls } from './database-url.js';

/** One environment variable: what it means, in the words of .env.example; what is used when it is absent; how it is read. */
export interface Variable<T, F = T> {
  readonly about: string;
  readonly fallback: F;
  readonly parse: Parser<T>;
  readonly example?: string;
  readonly secret?: true;
}

function variable<T, F extends T | undefined>(
  about: string,
  fallback: F,
  parse: Parser<T>,
  more: Pick<Variable<T>, 'example' | 'secret'> = {},
): Variable<T, F> {
  return { about, fallback, parse, ...more };
}

const none = undefined;

/** Every variable that Aerie reads, in the order of .env.example. */
export const VARIABLES = {
  NODE_ENV: variable(
    '`production` turns every start-up check on.',
    'development',
    oneOf('development', 'production', 'test'),
  ),
  HOST: variable('The address to listen on; 0.0.0.0 in production.', none, text, {
    example: '127.0.0.1',
  }),
  PORT: variable('The port to listen on; 0 takes any free one.', 8000, integer(0, 65_535)),
  DATABASE_URL: variable(
    'Your own PostgreSQL (14 or later). Without it, Aerie runs an embedded one in DATA_DIR.',
    none,
    databaseUrl,
    { example: 'postgres://aerie:password@localhost:5432/aerie', secret: true },
  ),
  DATABASE_DIRECT_URL: variable(
    'The same database past a pooler, for migrations, locks and the job queue. DATABASE_URL where it is not set.',
    none,
    databaseUrl,
    { example: 'postgres://aerie:password@localhost:5432/aerie', secret: true },
  ),
  DATA_DIR: variable(
    'Folder of the embedded database, of mails written instead of sent, and of generated development secrets.',
    '.data',
    text,
  ),
  DATABASE_POOL_SIZE: variable('Database connections kept per process.', 10, integer(1, 1000)),
  DATABASE_POOL_OVERFLOW: variable('Connections allowed on top under load, per process.', 20, integer(0, 1000)),
  DATABASE_REPLICA_URLS: variable('Read replicas, comma-separated.', [], databaseUrls, {
    secret: true,
  }),
  REPLICA_MAX_LAG_SECONDS: variable('A replica that lags more seconds than this is not used.', 5, integer(1, 600)),
  REQUEST_TIMEOUT_SECONDS: variable(
    'A request that takes longer gets a 503. Its database statements get half of this time, locks and connections less.',
    8,
    integer(2, 120),
  ),
  DATABASE_TLS: variable(
    'TLS to these databases: verify-full, require (any certificate) or off. Production: verify-full to other machines.',
    none,
    oneOf('verify-full', 'require', 'off'),
    { example: 'verify-full' },
  ),
  JWT_SECRET: variable(
    'HS256 key of the access tokens, at least 32 random bytes. Development: generated once into DATA_DIR. In a file (JWT_SECRET_FILE) it is read again on SIGHUP.',
    '',
    text,
    { secret: true },
  ),
  JWT_RETIRED_SECRETS: variable(
    'Former keys, comma-separated: tokens that they signed stay valid while they are listed here.',
    [],
    list(text),
    { secret: true },
  ),
  ACCESS_TOKEN_MINUTES: variable('Minutes until an access token expires.', 15, integer(1, 1440)),
  REFRESH_TOKEN_DAYS: variable('Days until a session ends, and its refresh tokens with it.', 30, integer(1, 365)),
  REFRESH_IDLE_DAYS: variable('Days without use after which a session ends.', 14, integer(1, 365)),
  PASSWORD_MIN_LENGTH: variable(
    'Minimum length of a new password. NIST SP 800-63B-4 requires 15 where it is the only factor.',
    8,
    integer(8, 128),
  ),
  PASSWORD_BLOCKLIST: variable(
    'Refuses new passwords that are common, or made of the e-mail address or name; on in production.',
    none,
    flag,
    { example: 'true' },
  ),
  AUTH_ATTEMPTS_PER_MINUTE: variable(
    'Requests with passwords, codes or refresh tokens allowed per address and minute; 0: no limit. Production: 30.',
    none,
    integer(0, 100_000),
    { example: '1000' },
  ),
  AUTH_FREE_FAILURES: variable(
    'Wrong passwords per account before each further attempt has to wait, longer each time; 0: never. Production: 5.',
    none,
    integer(0, 100_000),
    { example: '100' },
  ),
  CORS_ORIGINS: variable(
    'Exact origins of browser apps that may call the API, comma-separated.',
    [],
    list(url('http:', 'https:')),
    { example: 'https://myapp.com' },
  ),
  REDIS_URL: variable(
    'A Redis for the cache that processes share. Aerie also works without it.',
    none,
    url('redis:', 'rediss:'),
    { example: 'redis://localhost:6379', secret: true },
  ),
  SMTP_URL: variable(
    'Mail server. Without it, mails are written to DATA_DIR/mail as .eml files.',
    none,
    url('smtp:', 'smtps:'),
    { example: 'smtp://localhost:1025', secret: true },
  ),
  MAIL_FROM: variable('Sender of the mails.', 'Aerie <no-reply@aerie.example>', text),
  APP_URL: variable(
    'Address of your front end: mails link to its pages /reset-password#token=…, /verify-email#token=… and /orders/ID. Without it they link to pages of Aerie.',
    none,
    webAddress,
    { example: 'https://app.example.com' },
  ),
  PUBLIC_URL: variable(
    'Address at which people reach Aerie, for links in mails to its own pages. Without it: http://HOST:PORT.',
    none,
    webAddress,
    { example: 'https://api.example.com' },
  ),
  CURRENCY: variable('Currency of all prices, an ISO 4217 code such as USD or EUR: mails show it.', 'USD', currency),
  WORKERS: variable('Number of server processes on this machine.', 1, integer(1, 64)),
  MAX_IN_FLIGHT: variable('Requests that a process handles at the same time.', 100, integer(1, 100_000)),
  MAX_QUEUED: variable(
    'Requests that wait for a free place, for at most half a second; further ones get a 503 at once.',
    100,
    integer(0, 100_000),
  ),
  PRE_STOP_MS: variable(
    'Milliseconds after a SIGTERM in which requests are still served, so that load balancers notice. Production: 3000.',
    none,
    integer(0, 600_000),
    { example: '0' },
  ),
  JOBS_IN_PROCESS: variable(
    'Runs jobs in the server processes, too; turn it off where `npm run worker` processes run them all.',
    true,
    flag,
  ),
  METRICS_PORT: variable(
    'The port of GET /metrics for Prometheus; without it there is none. Each process on a machine needs its own.',
    none,
    integer(1, 65_535),
    { example: '9464' },
  ),
  METRICS_HOST: variable(
    'The address of that port. Everybody who reaches it can read the metrics, without a token.',
    '127.0.0.1',
    text,
  ),
  LOG_LEVEL: variable(
    'Least severe log lines to write.',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
  SLOW_STATEMENT_MS: variable(
    'Milliseconds from which a statement of a request or a job is logged, without its parameters; 0: never.',
    500,
    integer(0, 600_000),
  ),
  DOCS_ENABLED: variable('Serves /docs, /redoc and /openapi.json; off in production unless set.', none, flag, {
    example: 'true',
  }),
  TRUST_PROXY: variable(
    'Number of reverse proxies in front of Aerie whose X-Forwarded-* headers are trusted.',
    0,
    integer(0, 16),
  ),
  KEEP_ALIVE_SECONDS: variable(
    'Seconds that an idle connection is kept open. Longer than the load balancer keeps its own, to avoid a 502.',
    65,
    integer(1, 86_400),
  ),
  DEMO_DATA: variable(
    'Fills an empty database with demo rows and an admin; on with the embedded database in development.',
    none,
    flag,
    { example: 'true' },
  ),
} as const;

type ValueOf<V> = V extends Variable<infer T, infer F> ? (undefined extends F ? T | undefined : T) : never;
export type Values = { [K in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[K]> };

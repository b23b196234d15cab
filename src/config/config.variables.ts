import { currency, flag, integer, list, oneOf, sender, text, url, webAddress, type Parser } from './config.parsers.js';
import { databaseUrl, databaseUrls } from './database-url.js';

// The environment variables of Aerie.

/** An environment variable: its description in .env.example, its default, and its parser. */
export interface Variable<T, F = T> {
  readonly about: string;
  readonly fallback: F;
  readonly parse: Parser<T>;
  readonly example?: string;
  readonly secret?: true;
  /** It is not a secret, but a file may contain it, which is read again on SIGHUP. */
  readonly inFile?: true;
}

function variable<T, F extends T | undefined>(
  about: string,
  fallback: F,
  parse: Parser<T>,
  more: Pick<Variable<T>, 'example' | 'secret' | 'inFile'> = {},
): Variable<T, F> {
  return { about, fallback, parse, ...more };
}

const none = undefined;

/** Every variable that Aerie reads, in the order of .env.example. */
export const VARIABLES = {
  NODE_ENV: variable(
    '`production` enables all start-up checks.',
    'development',
    oneOf('development', 'production', 'test'),
  ),
  HOST: variable('The address to listen on; 0.0.0.0 in production.', none, text, {
    example: '127.0.0.1',
  }),
  PORT: variable('The port to listen on; 0 selects a free one.', 8000, integer(0, 65_535)),
  DATABASE_URL: variable(
    'Your own PostgreSQL (14 or later). Without it, Aerie runs an embedded one in DATA_DIR.',
    none,
    databaseUrl,
    { example: 'postgres://aerie:password@localhost:5432/aerie', secret: true },
  ),
  DATABASE_DIRECT_URL: variable(
    'The direct address of the same database, if DATABASE_URL is the address of a pooler. Used for migrations, locks and the job queue. Default: DATABASE_URL.',
    none,
    databaseUrl,
    { example: 'postgres://aerie:password@localhost:5432/aerie', secret: true },
  ),
  DATA_DIR: variable(
    'Folder for the embedded database, for mails if there is no SMTP_URL, and for the secret that development generates.',
    '.data',
    text,
  ),
  DATABASE_POOL_SIZE: variable('Number of database connections that each process keeps open.', 10, integer(1, 1000)),
  DATABASE_POOL_OVERFLOW: variable(
    'Maximum number of additional connections of each process under load.',
    20,
    integer(0, 1000),
  ),
  DATABASE_REPLICA_URLS: variable('Read replicas, comma-separated.', [], databaseUrls, {
    secret: true,
  }),
  REPLICA_MAX_LAG_SECONDS: variable(
    'Maximum lag of a replica in seconds. A replica that lags more is not used.',
    5,
    integer(1, 600),
  ),
  REQUEST_TIMEOUT_SECONDS: variable(
    'Seconds until a request fails with a 503. Each of its database statements may take 3/8 of this time; waits for locks and connections end earlier.',
    8,
    integer(2, 120),
  ),
  DATABASE_TLS: variable(
    'TLS for the connections to all databases above: verify-full, require (any certificate) or off. Production: verify-full for remote hosts.',
    none,
    oneOf('verify-full', 'require', 'off'),
    { example: 'verify-full' },
  ),
  JWT_SECRET: variable(
    'HS256 key for access tokens, at least 32 random bytes. Development: generated once into DATA_DIR. If it is in a file (JWT_SECRET_FILE), Aerie reads it again on SIGHUP.',
    '',
    text,
    { secret: true },
  ),
  JWT_RETIRED_SECRETS: variable(
    'Previous keys, comma-separated. Tokens that were signed with one of them stay valid while it is listed here.',
    [],
    list(text),
    { secret: true },
  ),
  ACCESS_TOKEN_MINUTES: variable('Minutes until an access token expires.', 15, integer(1, 1440)),
  REFRESH_TOKEN_DAYS: variable('Days until a session and its refresh tokens expire.', 30, integer(1, 365)),
  REFRESH_IDLE_DAYS: variable('Days of inactivity after which a session expires.', 14, integer(1, 365)),
  PASSWORD_MIN_LENGTH: variable(
    'Minimum length of a new password. NIST SP 800-63B-4 requires 15 if it is the only factor.',
    8,
    integer(8, 128),
  ),
  PASSWORD_BLOCKLIST: variable(
    'Rejects new passwords that are common or similar to the e-mail address or name; on in production, where it always applies to admins.',
    none,
    flag,
    { example: 'true' },
  ),
  AUTH_ATTEMPTS_PER_MINUTE: variable(
    'Maximum number of requests with passwords, codes or refresh tokens per address and minute; 0: no limit. Production: 30.',
    none,
    integer(0, 100_000),
    { example: '1000' },
  ),
  AUTH_FREE_FAILURES: variable(
    'Number of wrong passwords for an account after which further attempts are delayed, longer each time; 0: never. Production: 5.',
    none,
    integer(0, 100_000),
    { example: '100' },
  ),
  REQUESTS_PER_MINUTE: variable(
    'Maximum number of requests per account and minute; without a token, a fifth of it per address; 0: no limit. Production: 300.',
    none,
    integer(0, 1_000_000),
    { example: '0' },
  ),
  CORS_ORIGINS: variable(
    'Exact origins of browser apps that may call the API, comma-separated.',
    [],
    list(url('http:', 'https:')),
    { example: 'https://myapp.com' },
  ),
  REDIS_URL: variable(
    'Redis for the cache and the request counts that all processes share. Optional.',
    none,
    url('redis:', 'rediss:'),
    { example: 'redis://localhost:6379', secret: true },
  ),
  SMTP_URL: variable(
    'Mail server. Without it, mails are written to DATA_DIR/mail: as text files (.txt), and as they would be sent (.eml).',
    none,
    url('smtp:', 'smtps:'),
    { example: 'smtp://localhost:1025', secret: true },
  ),
  MAIL_FROM: variable('Sender of the mails.', 'Aerie <no-reply@aerie.example>', sender),
  APP_URL: variable(
    "Address of your front end: mails link to its pages /reset-password#token=…, /verify-email#token=… and /orders/ID. Without it, mails link to Aerie's own pages.",
    none,
    webAddress,
    { example: 'https://app.example.com' },
  ),
  PUBLIC_URL: variable(
    'Public address of Aerie, for links in mails to its own pages. Default: http://HOST:PORT.',
    none,
    webAddress,
    { example: 'https://api.example.com' },
  ),
  CURRENCY: variable('Currency of all prices, as an ISO 4217 code such as USD or EUR. Mails show it.', 'USD', currency),
  WORKERS: variable('Number of server processes on this machine.', 1, integer(1, 64)),
  INSTANCES: variable(
    'Number of servers on the same database, including this one and each npm run worker. At startup, Aerie checks that the database allows the connections of all of them.',
    1,
    integer(1, 1000),
  ),
  MAX_IN_FLIGHT: variable(
    'Maximum number of requests that a process handles at the same time.',
    100,
    integer(1, 100_000),
  ),
  MAX_QUEUED: variable(
    'Maximum number of requests that wait for a free slot, for at most half a second; further ones get a 503 immediately.',
    100,
    integer(0, 100_000),
  ),
  PRE_STOP_MS: variable(
    'Milliseconds after SIGTERM during which Aerie still serves requests, so that load balancers notice the shutdown. Production: 3000.',
    none,
    integer(0, 600_000),
    { example: '0' },
  ),
  JOBS_IN_PROCESS: variable(
    'Runs jobs in the server processes, too; `false` leaves them to `npm run worker`.',
    true,
    flag,
  ),
  EXPORTS_IN_PROCESS: variable(
    'Writes export files in the server processes, too; `false` leaves them to `npm run worker`.',
    true,
    flag,
  ),
  METRICS_PORT: variable(
    'The port of GET /metrics for Prometheus. Without it, metrics are not served. Each process on a machine needs its own port.',
    none,
    integer(1, 65_535),
    { example: '9464' },
  ),
  METRICS_HOST: variable(
    'The address of that port. Anyone who can reach it can read the metrics without a token.',
    '127.0.0.1',
    text,
  ),
  LOG_LEVEL: variable(
    'Minimum level of log lines. If it is in a file (LOG_LEVEL_FILE), Aerie reads it again on SIGHUP.',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    { inFile: true },
  ),
  SLOW_STATEMENT_MS: variable(
    'Statements of requests and jobs that take at least this many milliseconds are logged, without their parameters; 0: never.',
    500,
    integer(0, 600_000),
  ),
  REQUEST_HISTORY_MB: variable(
    'Memory per process, in MiB, for the log lines and statements of the latest requests. `GET /requests/{request_id}` shows them. 0: none.',
    8,
    integer(0, 1024),
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
    'Seconds that an idle connection stays open. Set it higher than the idle timeout of the load balancer, to avoid 502 errors.',
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

import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { flag, integer, list, oneOf, text, url, type Parser } from './config.parsers.js';

/** One environment variable: what it means, in the words of .env.example; what is used when it is absent; how it is read. */
interface Variable<T, F = T> {
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
/** What HS256 asks of its key (RFC 7518 §3.2). */
const MIN_SECRET_BYTES = 32;

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
    'A PostgreSQL of your own (14 or later). Without it Aerie runs its own in DATA_DIR.',
    none,
    url('postgres:', 'postgresql:'),
    { example: 'postgres://aerie:password@localhost:5432/aerie', secret: true },
  ),
  DATA_DIR: variable(
    'Folder of the embedded database, of mails written instead of sent, and of generated development secrets.',
    '.data',
    text,
  ),
  DATABASE_POOL_SIZE: variable('Database connections kept per process.', 10, integer(1, 1000)),
  DATABASE_POOL_OVERFLOW: variable('Connections allowed on top under load, per process.', 20, integer(0, 1000)),
  DATABASE_REPLICA_URLS: variable('Read replicas, comma-separated.', [], list(url('postgres:', 'postgresql:')), {
    secret: true,
  }),
  JWT_SECRET: variable(
    'HS256 key of the access tokens, at least 32 bytes. Development: generated once into DATA_DIR.',
    '',
    text,
    { secret: true },
  ),
  ACCESS_TOKEN_MINUTES: variable('Life of an access token.', 15, integer(1, 1440)),
  REFRESH_TOKEN_DAYS: variable('Life of a session: its refresh tokens end with it.', 30, integer(1, 365)),
  CORS_ORIGINS: variable(
    'Exact origins of browsers that may call, comma-separated.',
    [],
    list(url('http:', 'https:')),
    { example: 'https://myapp.com' },
  ),
  REDIS_URL: variable(
    'A Redis for the cache that processes share. Everything works without it.',
    none,
    url('redis:', 'rediss:'),
    { example: 'redis://localhost:6379', secret: true },
  ),
  SMTP_URL: variable(
    'Mail server. Without it mails are written to DATA_DIR/mail as .eml files.',
    none,
    url('smtp:', 'smtps:'),
    { example: 'smtp://localhost:1025', secret: true },
  ),
  MAIL_FROM: variable('Sender of the mails.', 'Aerie <no-reply@aerie.example>', text),
  WORKERS: variable('Processes that serve on this machine.', 1, integer(1, 64)),
  LOG_LEVEL: variable(
    'Least severe log lines to write.',
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  ),
  DOCS_ENABLED: variable('Serves /docs, /redoc and /openapi.json; off in production unless set.', none, flag, {
    example: 'true',
  }),
  TRUST_PROXY: variable(
    'How many reverse proxies in front of Aerie set X-Forwarded-* headers to be believed.',
    0,
    integer(0, 16),
  ),
  DEMO_DATA: variable(
    'Fills an empty database with demo rows and an admin; on with the embedded database in development.',
    none,
    flag,
    { example: 'true' },
  ),
} as const;

type ValueOf<V> = V extends Variable<infer T, infer F> ? (undefined extends F ? T | undefined : T) : never;
type Values = { [K in keyof typeof VARIABLES]: ValueOf<(typeof VARIABLES)[K]> };

/** The validated configuration: values, never secrets of its own making but the development JWT key. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly docsEnabled: boolean;
  readonly demoData: boolean;

  constructor(readonly values: Readonly<Values>) {
    this.production = values.NODE_ENV === 'production';
    this.host = values.HOST ?? (this.production ? '0.0.0.0' : '127.0.0.1');
    this.docsEnabled = values.DOCS_ENABLED ?? !this.production;
    this.demoData = values.DEMO_DATA ?? (values.NODE_ENV === 'development' && values.DATABASE_URL === undefined);
  }

  /** The same configuration on the database that was found to be the one, e.g. the embedded server's. */
  withDatabase(DATABASE_URL: string): Config {
    return new Config({ ...this.values, DATABASE_URL, DEMO_DATA: this.demoData });
  }

  /** Where the database is; a programmer's error before it is known. */
  get databaseUrl(): string {
    if (this.values.DATABASE_URL === undefined) throw new Error('The database has not been found yet');
    return this.values.DATABASE_URL;
  }
}

/** All that is wrong with the environment, a line each; never the value of a secret. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration has ${problems.length} mistake(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}

/** Reads .env in the working folder below the real environment. Throws ConfigurationError with all mistakes at once. */
export function loadConfig(): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const config = readConfig({ ...file, ...process.env });
  if (config.values.JWT_SECRET !== '') return config;
  return new Config({ ...config.values, JWT_SECRET: developmentSecret(config.values.DATA_DIR) });
}

/** The configuration of this environment. Throws ConfigurationError with all mistakes at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const raw = env[name]?.trim();
    if (raw === undefined || raw === '') {
      values[name] = spec.fallback;
      continue;
    }
    const result = spec.parse(raw);
    if ('value' in result) values[name] = result.value;
    else problems.push(`${name} ${result.problem}${spec.secret ? '' : ` (it is ${JSON.stringify(raw)})`}`);
  }
  const secret = env['JWT_SECRET']?.trim() ?? '';
  if (secret === '' && values['NODE_ENV'] === 'production') problems.push('JWT_SECRET is required in production');
  if (secret !== '' && Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    problems.push(`JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Config(values as Values);
}

/** Outside production nobody should have to invent a key: one is made once and kept in DATA_DIR. */
function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'jwt-secret');
  if (!existsSync(file)) keep(file, randomBytes(32).toString('base64url'));
  const secret = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new ConfigurationError([
      `${file} holds no key of ${MIN_SECRET_BYTES} bytes: delete it, and a new one is made`,
    ]);
  }
  return secret;
}

/** Writes a new file that appears whole or not at all; where another process was faster, its file stays. */
function keep(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}

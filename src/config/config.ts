import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { makeFolder } from '../embedded-postgres/make-folder.js';
import { systemReason } from '../embedded-postgres/system-reason.js';
import {
  databaseProblems,
  misspeltNames,
  MIN_SECRET_BYTES,
  secretProblems,
  sharedSecretProblems,
} from './config.checks.js';
import { isServiceLink } from './config.parsers.js';
import { isSet, readsFiles, withFiles } from './config.files.js';
import { VARIABLES, type Values, type Variable } from './config.variables.js';
import { isLocal, withTls } from './database-url.js';

/** The keys that sign tokens and encrypt texts. */
export type Keys = Pick<Values, 'JWT_SECRET' | 'JWT_RETIRED_SECRETS'>;

/** The validated configuration of a process, with the defaults that depend on other values. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly docsEnabled: boolean;
  readonly demoData: boolean;
  readonly passwordBlocklist: boolean;
  readonly attemptsPerMinute: number;
  readonly freeFailures: number;
  /** Requests per minute and account; 0: no limit. */
  readonly requestsPerMinute: number;
  /** The request timeout in milliseconds. */
  readonly requestMs: number;
  /** Milliseconds from a SIGTERM until connections are no longer accepted. */
  readonly preStopMs: number;
  private readonly keyListeners: (() => void)[] = [];
  private readonly levelListeners: (() => void)[] = [];

  /** `warnings` are messages about possible mistakes, for the operator. */
  constructor(
    readonly values: Readonly<Values>,
    readonly warnings: readonly string[] = [],
    /** Whether a variable comes from a file, which is read again on SIGHUP. */
    readonly readsFiles = false,
  ) {
    this.production = values.NODE_ENV === 'production';
    this.host = values.HOST ?? (this.production ? '0.0.0.0' : '127.0.0.1');
    this.docsEnabled = values.DOCS_ENABLED ?? !this.production;
    this.passwordBlocklist = values.PASSWORD_BLOCKLIST ?? this.production;
    this.attemptsPerMinute = values.AUTH_ATTEMPTS_PER_MINUTE ?? (this.production ? 30 : 1000);
    this.freeFailures = values.AUTH_FREE_FAILURES ?? (this.production ? 5 : 100);
    this.requestsPerMinute = values.REQUESTS_PER_MINUTE ?? (this.production ? 300 : 0);
    this.demoData = values.DEMO_DATA ?? (values.NODE_ENV === 'development' && values.DATABASE_URL === undefined);
    this.preStopMs = values.PRE_STOP_MS ?? (this.production ? 3000 : 0);
    this.requestMs = values.REQUEST_TIMEOUT_SECONDS * 1000;
  }

  /** Returns the configuration with the URL of the database, such as the embedded one. */
  withDatabase(DATABASE_URL: string): Config {
    return new Config({ ...this.values, DATABASE_URL, DEMO_DATA: this.demoData });
  }

  /** Returns the configuration of a worker process, which runs jobs whatever the server processes do. */
  forWorker(): Config {
    return new Config({ ...this.values, JOBS_IN_PROCESS: true, EXPORTS_IN_PROCESS: true });
  }

  /** The URL of the database, with TLS as configured. Throws an Error before the database is known. */
  get databaseUrl(): string {
    if (this.values.DATABASE_URL === undefined)
      throw new Error(
        'The database is not known yet: set DATABASE_URL, or in a test use .overrideProvider() for what connects to it: DataSource, and PgBoss if the module has jobs',
      );
    return this.protectedBy(this.values.DATABASE_URL);
  }

  /** The URL of the database without a pooler, so that a session lasts as long as its connection. */
  get directUrl(): string {
    const { DATABASE_DIRECT_URL } = this.values;
    return DATABASE_DIRECT_URL === undefined ? this.databaseUrl : this.protectedBy(DATABASE_DIRECT_URL);
  }

  /** The secrets of tokens and other keys. The first one signs. Signatures of the others are accepted. */
  get secrets(): readonly string[] {
    return [this.values.JWT_SECRET, ...this.values.JWT_RETIRED_SECRETS];
  }

  /** Replaces the keys, and notifies listeners that have derived values from them. */
  changeKeys({ JWT_SECRET, JWT_RETIRED_SECRETS }: Keys): void {
    Object.assign(this.values, { JWT_SECRET, JWT_RETIRED_SECRETS });
    for (const listener of this.keyListeners) listener();
  }

  onKeysChanged(listener: () => void): void {
    this.keyListeners.push(listener);
  }

  changeLogLevel(LOG_LEVEL: Values['LOG_LEVEL']): void {
    Object.assign(this.values, { LOG_LEVEL });
    for (const listener of this.levelListeners) listener();
  }

  onLogLevelChanged(listener: () => void): void {
    this.levelListeners.push(listener);
  }

  /** Replaces PORT 0 by the port that the system has selected. */
  changePort(PORT: number): void {
    Object.assign(this.values, { PORT });
  }

  get replicaUrls(): readonly string[] {
    return this.values.DATABASE_REPLICA_URLS.map((url) => this.protectedBy(url));
  }

  /**
   * Returns the URL with DATABASE_TLS. By default, databases on other machines need a verified certificate in
   * production.
   */
  private protectedBy(url: string): string {
    const tls = this.values.DATABASE_TLS ?? (this.production && !isLocal(url) ? 'verify-full' : undefined);
    return tls === undefined ? url : withTls(url, tls);
  }
}

/** Lists all mistakes in the environment. Never contains values: they may be secrets in the wrong variable. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} error${problems.length === 1 ? '' : 's'}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}

/** Reads the environment, and creates the development secret if needed. Throws ConfigurationError with all mistakes. */
export function loadConfig(): Config {
  return completeConfig(readSettings());
}

/** Reads the environment, and .env for variables that it lacks. Writes nothing. Throws ConfigurationError. */
export function readSettings(): Config {
  return readConfig({ ...readEnvFile(), ...process.env });
}

/** Adds the development secret, which is generated once, if there is no JWT_SECRET. Throws ConfigurationError. */
export function completeConfig(settings: Config): Config {
  if (settings.values.JWT_SECRET !== '') return settings;
  const JWT_SECRET = developmentSecret(settings.values.DATA_DIR);
  return new Config({ ...settings.values, JWT_SECRET }, settings.warnings, settings.readsFiles);
}

function readEnvFile(): Readonly<Record<string, string | undefined>> {
  if (!existsSync('.env')) return {};
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    throw new ConfigurationError([`.env cannot be read: ${systemReason(error)}`]);
  }
}

/** Validates an environment. Throws ConfigurationError with all mistakes. */
export function readConfig(given: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const warnings: string[] = [];
  const env = withFiles(given, problems);
  const values: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries<Variable<unknown>>(VARIABLES)) {
    const raw = env[name]?.trim();
    if (raw === undefined || raw === '') {
      values[name] = spec.fallback;
      continue;
    }
    const result = isServiceLink(raw) ? { problem: SERVICE_LINK } : spec.parse(raw);
    if ('value' in result) values[name] = result.value;
    else problems.push(`${name} ${result.problem}`);
  }
  problems.push(...secretProblems(values, env));
  if (values['DATABASE_DIRECT_URL'] !== undefined && values['DATABASE_URL'] === undefined) {
    problems.push('DATABASE_DIRECT_URL requires DATABASE_URL, the address of the pooler for the same database');
  }
  const production = values['NODE_ENV'] === 'production';
  if (production) problems.push(...databaseProblems(values), ...sharedSecretProblems(values));
  for (const { given: name, meant } of misspeltNames(given)) {
    // it may belong to another program, and the variable that it resembles is set
    if (isSet(env, meant)) warnings.push(`${name} is not an Aerie variable and is ignored: ${meant} is set`);
    else (production ? problems : warnings).push(`${name} is not an Aerie variable: did you mean ${meant}?`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Config(values as Values, warnings, readsFiles(given));
}

const SERVICE_LINK =
  'contains the address of a service, set by Kubernetes or Docker links: rename the service, or disable these variables (enableServiceLinks: false)';

/** Returns the key for development, which is generated once and kept in DATA_DIR. */
function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'jwt-secret');
  let secret: string;
  try {
    if (!existsSync(file)) keep(file, randomBytes(32).toString('base64url'));
    secret = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigurationError([
      `JWT_SECRET is not set, and the development secret cannot be stored in DATA_DIR: ${message}`,
    ]);
  }
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new ConfigurationError([
      `${file} has a key of fewer than ${MIN_SECRET_BYTES} bytes: delete the file to generate a new key`,
    ]);
  }
  return secret;
}

/** Creates a file atomically. If another process has created it meanwhile, that file stays. */
function keep(file: string, content: string): void {
  makeFolder(dirname(file));
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

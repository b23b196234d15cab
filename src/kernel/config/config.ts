import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import {
  databaseProblems,
  lookalikes,
  MIN_SECRET_BYTES,
  secretProblems,
  sharedSecretProblems,
} from './config.production.js';
import { isServiceLink } from './config.parsers.js';
import { isSet, readsFiles, withFiles } from './config.secrets.js';
import { VARIABLES, type Values, type Variable } from './config.variables.js';
import { isLocal, withTls } from './database-url.js';

/** What tokens and sealed texts are made with. */
export type Keys = Pick<Values, 'JWT_SECRET' | 'JWT_RETIRED_SECRETS'>;

/** The validated configuration: values, never secrets of its own making but the development JWT key. */
export class Config {
  readonly production: boolean;
  readonly host: string;
  readonly docsEnabled: boolean;
  readonly demoData: boolean;
  readonly passwordBlocklist: boolean;
  readonly attemptsPerMinute: number;
  readonly freeFailures: number;
  /** Milliseconds that a request may take. */
  readonly requestMs: number;
  /** Milliseconds from a SIGTERM until no connection is taken any more. */
  readonly preStopMs: number;
  private readonly keyListeners: (() => void)[] = [];

  /** `warnings` are for the operator: what may be a mistake, a sentence each. */
  constructor(
    readonly values: Readonly<Values>,
    readonly warnings: readonly string[] = [],
    /** Whether a secret is in a file, to be read again when it has changed. */
    readonly readsFiles = false,
  ) {
    this.production = values.NODE_ENV === 'production';
    this.host = values.HOST ?? (this.production ? '0.0.0.0' : '127.0.0.1');
    this.docsEnabled = values.DOCS_ENABLED ?? !this.production;
    this.passwordBlocklist = values.PASSWORD_BLOCKLIST ?? this.production;
    this.attemptsPerMinute = values.AUTH_ATTEMPTS_PER_MINUTE ?? (this.production ? 30 : 1000);
    this.freeFailures = values.AUTH_FREE_FAILURES ?? (this.production ? 5 : 100);
    this.demoData = values.DEMO_DATA ?? (values.NODE_ENV === 'development' && values.DATABASE_URL === undefined);
    this.preStopMs = values.PRE_STOP_MS ?? (this.production ? 3000 : 0);
    this.requestMs = values.REQUEST_TIMEOUT_SECONDS * 1000;
  }

  /** The same configuration on the database that was found to be the one, e.g. the embedded server's. */
  withDatabase(DATABASE_URL: string): Config {
    return new Config({ ...this.values, DATABASE_URL, DEMO_DATA: this.demoData });
  }

  /** The same for a process that is there for jobs. */
  forWorker(): Config {
    return new Config({ ...this.values, JOBS_IN_PROCESS: true });
  }

  /** Where the database is, and whether by TLS; a programmer's error before it is known. */
  get databaseUrl(): string {
    if (this.values.DATABASE_URL === undefined)
      throw new Error(
        'The database has not been found yet: set DATABASE_URL, or in a test .overrideProvider() what connects to it: DataSource, and PgBoss where the module has jobs',
      );
    return this.protectedBy(this.values.DATABASE_URL);
  }

  /** The same database past a pooler: sessions there last as long as their connection. */
  get directUrl(): string {
    const { DATABASE_DIRECT_URL } = this.values;
    return DATABASE_DIRECT_URL === undefined ? this.databaseUrl : this.protectedBy(DATABASE_DIRECT_URL);
  }

  /** What tokens and other keys are made of: new ones of the first, those of the retired ones are still believed. */
  get secrets(): readonly string[] {
    return [this.values.JWT_SECRET, ...this.values.JWT_RETIRED_SECRETS];
  }

  /** Other keys from now on: whoever has made something of the former ones hears of it. */
  changeKeys({ JWT_SECRET, JWT_RETIRED_SECRETS }: Keys): void {
    Object.assign(this.values, { JWT_SECRET, JWT_RETIRED_SECRETS });
    for (const listener of this.keyListeners) listener();
  }

  onKeysChanged(listener: () => void): void {
    this.keyListeners.push(listener);
  }

  get replicaUrls(): readonly string[] {
    return this.values.DATABASE_REPLICA_URLS.map((url) => this.protectedBy(url));
  }

  /** The address with the protection that is configured; in production another machine has to prove who it is. */
  private protectedBy(url: string): string {
    const tls = this.values.DATABASE_TLS ?? (this.production && !isLocal(url) ? 'verify-full' : undefined);
    return tls === undefined ? url : withTls(url, tls);
  }
}

/** All that is wrong with the environment, a line each; never a value, which may be a secret in the wrong place. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} error${problems.length === 1 ? '' : 's'}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}

/** Reads .env in the working folder below the real environment. Throws ConfigurationError with all mistakes at once. */
export function loadConfig(): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  const config = readConfig({ ...file, ...process.env });
  if (config.values.JWT_SECRET !== '') return config;
  const JWT_SECRET = developmentSecret(config.values.DATA_DIR);
  return new Config({ ...config.values, JWT_SECRET }, config.warnings, config.readsFiles);
}

/** The configuration of this environment. Throws ConfigurationError with all mistakes at once. */
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
    problems.push('DATABASE_DIRECT_URL needs DATABASE_URL, the same database by way of its pooler');
  }
  if (values['NODE_ENV'] === 'production') {
    problems.push(...databaseProblems(values), ...sharedSecretProblems(values));
    for (const { given: name, meant } of lookalikes(given)) {
      // one that may belong to another program: nothing is lost by it
      if (isSet(env, meant)) warnings.push(`${name} is not a variable of Aerie and is ignored: ${meant} is set`);
      else problems.push(`${name} is not a variable of Aerie: do you mean ${meant}?`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return new Config(values as Values, warnings, readsFiles(given));
}

const SERVICE_LINK =
  'has the address of a service, set by Kubernetes or Docker links: rename that service, or turn off such variables (enableServiceLinks: false)';

/** Outside production nobody should have to invent a key: one is made once and kept in DATA_DIR. */
function developmentSecret(dataDir: string): string {
  const file = join(dataDir, 'jwt-secret');
  if (!existsSync(file)) keep(file, randomBytes(32).toString('base64url'));
  const secret = readFileSync(file, 'utf8').trim();
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new ConfigurationError([
      `${file} has no key of ${MIN_SECRET_BYTES} bytes: delete it, and a new one is generated`,
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

import { IN_FILES, isSet } from './config.files.js';
import { isServiceLink } from './config.parsers.js';
import { VARIABLES, type Values } from './config.variables.js';
import { hasKnownPassword, isLocal, passwordOf, weakensTls } from './database-url.js';
import { isMisspelt, isSwapped } from './misspelling.js';
import { isGuessable, isSample } from './secret-strength.js';

// Checks that concern several variables: secrets, databases, misspelt names. Messages never contain values.

/** The minimum length of an HS256 key (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES = 32;
const MAKE_ONE = 'make one with "openssl rand -base64 48"';

/** Checks the secrets that sign tokens. */
export function* secretProblems(values: Partial<Values>, env: Parameters<typeof isSet>[0]): Generator<string> {
  const { JWT_SECRET = '', JWT_RETIRED_SECRETS: retired = [], NODE_ENV } = values;
  const production = NODE_ENV === 'production';
  if (JWT_SECRET !== '') yield* keyProblems('JWT_SECRET', JWT_SECRET, production);
  else if (production && !isSet(env, 'JWT_SECRET_FILE')) yield 'JWT_SECRET is required in production';
  for (const secret of new Set(retired)) yield* keyProblems('JWT_RETIRED_SECRETS', secret, production);
  if (JWT_SECRET !== '' && retired.includes(JWT_SECRET)) yield 'JWT_RETIRED_SECRETS must not contain JWT_SECRET itself';
}

function* keyProblems(name: string, secret: string, production: boolean): Generator<string> {
  const each = name === 'JWT_SECRET' ? name : `${name}: each`;
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) yield `${each} must have at least ${MIN_SECRET_BYTES} bytes`;
  if (!production) return;
  if (isSample(secret)) yield `${name} is a known sample: ${MAKE_ONE}`;
  else if (isGuessable(secret)) yield `${name} is too easy to guess: ${MAKE_ONE}`;
}

/** Checks for production: no well-known passwords, and TLS to databases on other machines. */
export function* databaseProblems({
  DATABASE_URL,
  DATABASE_DIRECT_URL,
  DATABASE_REPLICA_URLS,
  DATABASE_TLS,
}: Partial<Values>): Generator<string> {
  for (const [name, given] of Object.entries({ DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_REPLICA_URLS })) {
    const addresses = [given ?? []].flat();
    if (addresses.some(hasKnownPassword)) yield `${name} has a well-known password: choose another`;
    const isOpen = (address: string) => DATABASE_TLS === undefined && !isLocal(address) && weakensTls(address);
    if (addresses.some(isOpen)) {
      yield `${name} turns off TLS or its checks for another machine: remove sslmode, or set DATABASE_TLS`;
    }
  }
}

/** Checks that no key is also a password, since administrators of that server would know it. */
export function* sharedSecretProblems(values: Partial<Values>): Generator<string> {
  const { DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_REPLICA_URLS, REDIS_URL, SMTP_URL } = values;
  const keys = new Set<string | undefined>([values.JWT_SECRET, ...(values.JWT_RETIRED_SECRETS ?? [])]);
  const addresses = { DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_REPLICA_URLS, REDIS_URL, SMTP_URL };
  for (const [name, given] of Object.entries(addresses)) {
    const passwords = [given ?? []].flat().map(passwordOf);
    if (passwords.some((password) => password !== '' && keys.has(password))) {
      yield `${name} uses a token key as its password: use a different value for each`;
    }
  }
}

/**
 * The minimum length of names that are checked for all typos. Shorter names resemble too many others, so that only
 * swapped letters count.
 */
const MIN_LENGTH_FOR_TYPOS = 8;

/** General names: in another letter case they are variables of other software. */
const GENERAL: ReadonlySet<string> = new Set(['HOST', 'PORT']);

/** A variable of the environment whose name resembles one of Aerie's. */
interface MisspeltName {
  readonly given: string;
  readonly meant: string;
}

/** Finds variables whose names resemble Aerie's, also in another letter case. They would be ignored without notice. */
export function* misspeltNames(env: Readonly<Record<string, string | undefined>>): Generator<MisspeltName> {
  const names = [...Object.keys(VARIABLES), ...IN_FILES.map((name) => `${name}_FILE`)];
  const known = new Set(names);
  for (const [given, value] of Object.entries(env)) {
    const upper = given.toUpperCase();
    if (known.has(given) || GENERAL.has(upper) || isServiceLink(value ?? '')) continue;
    const bare = upper.replace(/^(?:AERIE|APP)_/, '');
    const isClose = (name: string) =>
      name.length < MIN_LENGTH_FOR_TYPOS ? isSwapped(upper, name) : isMisspelt(upper, name);
    const meant = known.has(bare) ? bare : names.find(isClose);
    if (meant !== undefined) yield { given, meant };
  }
}

import { parse } from 'pg-connection-string';
import { escapeProblem, integer, list, schemeProblem, UNESCAPED, type Parser } from './config.parsers.js';

// Parses and checks database URLs as pg reads them.

/** TLS to the database: with a verified certificate, with any certificate, or none. */
export type DatabaseTls = 'verify-full' | 'require' | 'off';

const SSLMODE: Readonly<Record<DatabaseTls, string>> = {
  'verify-full': 'verify-full',
  require: 'no-verify', // pg treats `require` as `verify-full`
  off: 'disable',
};

const PARTS = /^(?<scheme>\w+:\/\/)(?<user>[^/?]*@)?(?<host>[^/?]*)(?<path>[^?]*)(?<query>.*)$/;

/**
 * Parses the URL of a database as pg does, and rewrites it so that TypeORM and `URL` read it in the same way. Messages
 * contain no part of the URL, since any part may belong to the password.
 */
export const databaseUrl: Parser<string> = (raw) => {
  if (/^(["'`]).*\1$/s.test(raw)) return { problem: 'is in quotes: remove them' };
  if (/\p{Cc}/u.test(raw)) return { problem: 'contains a line break or another control character' };
  // pg also accepts these characters, but then does not decode the escapes beside them
  const escaped = raw.replaceAll(' ', '%20').replaceAll(/%(?![\da-f]{2})/gi, '%25');
  const { scheme = '', user = '', host = '', path = '', query = '' } = PARTS.exec(escaped)?.groups ?? {};
  const problem =
    schemeProblem(escaped, ['postgres:', 'postgresql:']) ??
    escapeProblem(escaped, /(?<=[?&](?:user|password)=)[^&#]*/g) ??
    (isUtf8(escaped) ? undefined : UNESCAPED) ??
    placeProblem(user, host, path, new URLSearchParams(query)) ??
    tlsProblem(new URLSearchParams(query));
  if (problem !== undefined) return { problem };
  // pg's default host; `URL` requires one if there is a user or a port
  const named = user + host !== '' && /^(?::|$)/.test(host) ? `localhost${host}` : host;
  const value = scheme + user + named + path + query;
  return URL.canParse(value) ? { value } : { problem: 'has a host that cannot be read' };
};

/** Comma-separated URLs, which may contain commas themselves: each begins with its scheme. */
export const databaseUrls = list(databaseUrl, /,(?=\s*(?:postgres(?:ql)?:\/\/|$))/i);

/** Query parameters of libpq and other drivers that pg silently ignores. */
const IGNORED = ['database', 'dbname', 'hostaddr', 'passfile', 'service'];
const isPort = (text: string) => 'value' in integer(1, 65_535)(text);

/** Checks that the URL names one host and one database, by pg's rules. */
function placeProblem(user: string, host: string, path: string, query: URLSearchParams): string | undefined {
  const [otherHost, otherPort] = [last(query, 'host'), last(query, 'port')];
  if (/^[@:/]*$/.test(user + host + path) && otherHost === '') return 'names neither a host nor a database';
  if ([host, path, otherHost, otherPort].some((part) => part.includes(','))) {
    return 'names several hosts or databases: name one';
  }
  const match = /^(?:\[[^\]]*\]|[^[\]:]*)(?::([^:]*))?$/.exec(host);
  if (match === null) return 'has an IPv6 address without brackets: write [::1]';
  if ([match[1] ?? '', otherPort].some((port) => port !== '' && !isPort(port))) {
    return 'has a port that is not a number from 1 to 65535';
  }
  if (!IGNORED.some((name) => query.has(name))) return undefined;
  return 'has a database, dbname, hostaddr, passfile or service after its ?, which would be ignored: write postgres://user:password@host:port/database';
}

function tlsProblem(query: URLSearchParams): string | undefined {
  if (!/^(?:|disable|allow|prefer|require|verify-ca|verify-full|no-verify)$/.test(last(query, 'sslmode'))) {
    return 'has an sslmode other than disable, allow, prefer, require, verify-ca, verify-full and no-verify';
  }
  if (/^(?:|true|1|0|no-verify)$/.test(last(query, 'ssl'))) return undefined;
  return 'has an ssl other than true, 1, 0 and no-verify: use sslmode instead';
}

/** Returns the URL with this TLS mode. A Unix socket needs none. */
export function withTls(address: string, tls: DatabaseTls): string {
  if (connectionOf(address).host?.startsWith('/')) return address;
  const url = new URL(address);
  for (const name of ['ssl', 'sslmode', 'uselibpqcompat']) url.searchParams.delete(name);
  if (tls === 'off') url.searchParams.delete('sslnegotiation');
  url.searchParams.set('sslmode', SSLMODE[tls]);
  return url.href;
}

/** Whether the database is on this machine. */
export function isLocal(address: string): boolean {
  return /^(?:$|\/|localhost$|127(?:\.\d{1,3}){3}$|::1$)/i.test(connectionOf(address).host ?? '');
}

/** Whether the URL turns off TLS or the verification of the certificate. */
export function weakensTls(address: string): boolean {
  const { searchParams } = new URL(address);
  const isWeak = /^(?:disable|allow|prefer|no-verify)$/.test(last(searchParams, 'sslmode'));
  return isWeak || /^(?:0|no-verify)$/.test(last(searchParams, 'ssl'));
}

const KNOWN: ReadonlySet<string> = new Set(
  'postgres postgresql password passw0rd password1 secret admin root test aerie changethis changeme change-me example 123456'.split(
    ' ',
  ),
);

/** Returns the decoded password of a URL, or an empty string. */
export function passwordOf(address: string): string {
  // not decoded, as in mail clients
  return isUtf8(address) ? (connectionOf(address).password ?? '') : new URL(address).password;
}

/** Whether the password is a well-known one, or the user name. */
export function hasKnownPassword(address: string): boolean {
  const { user, password = '' } = connectionOf(address);
  return KNOWN.has(password.toLowerCase()) || (password !== '' && password.toLowerCase() === user?.toLowerCase());
}

/** Parses a URL with pg's parser, without the TLS options, whose files it would read. */
function connectionOf(address: string): ReturnType<typeof parse> {
  const url = new URL(address);
  for (const name of ['ssl', 'sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation']) {
    url.searchParams.delete(name);
  }
  return parse(url.href);
}

function isUtf8(escaped: string): boolean {
  try {
    decodeURIComponent(escaped);
    return true;
  } catch {
    return false;
  }
}

/** The value of a parameter; if it is repeated, the last one, as in pg. */
function last(query: URLSearchParams, name: string): string {
  return query.getAll(name).at(-1) ?? '';
}

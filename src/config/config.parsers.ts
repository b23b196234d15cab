import { domainToASCII } from 'node:url';

// Parsers of environment variables.

/** The value of a variable, or the end of an error message that begins with its name. */
export type Parsed<T> = { value: T } | { problem: string };
export type Parser<T> = (raw: string) => Parsed<T>;

/** Whether the value was set by Kubernetes or Docker links, as `REDIS_PORT` is for a service with the name `redis`. */
export const isServiceLink = (raw: string): boolean => /^(?:tcp|udp|sctp):\/\/\S+:\d+$/i.test(raw.trim());

export const text: Parser<string> = (raw) => ({ value: raw });

export const integer =
  (min: number, max: number): Parser<number> =>
  (raw) => {
    const value = /^\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= min && value <= max ? { value } : { problem: `must be a whole number from ${min} to ${max}` };
  };

export const oneOf =
  <T extends string>(...words: readonly T[]): Parser<T> =>
  (raw) => {
    const value = words.find((word) => word === raw);
    return value === undefined ? { problem: `must be one of ${words.join(', ')}` } : { value };
  };

export const flag: Parser<boolean> = (raw) => {
  if (/^(true|1|yes|on)$/i.test(raw)) return { value: true };
  if (/^(false|0|no|off)$/i.test(raw)) return { value: false };
  return { problem: 'must be true or false' };
};

/** A URL with one of these schemes. One with http or https must be an origin, without a path. */
export const url =
  (...schemes: readonly string[]): Parser<string> =>
  (raw) => {
    const isOrigin = schemes.includes('https:');
    if (isOrigin && raw === '*') return { problem: 'must list each origin: * would allow all of them' };
    const problem = schemeProblem(raw, schemes) ?? (isOrigin ? originProblem(raw) : escapeProblem(raw));
    if (problem !== undefined) return { problem };
    return URL.canParse(raw) ? { value: raw } : { problem: 'has a host or port that cannot be read' };
  };

export function schemeProblem(raw: string, schemes: readonly string[]): string | undefined {
  const prefixes = schemes.map((scheme) => `${scheme}//`);
  const isOne = prefixes.some((prefix) => raw.toLowerCase().startsWith(prefix));
  return isOne ? undefined : `must begin with ${prefixes.join(' or ')}`;
}

export const UNESCAPED = 'has a / ? # @ or % that is not escaped: in a user name or password write %2F %3F %23 %40 %25';

/**
 * Returns a message if an unescaped character ends the user name or the password early: if there is a `#`, or an `@`
 * after the host. Text that `parameters` matches may contain an `@`.
 */
export function escapeProblem(raw: string, parameters = /(?<=[?&]\w+=)[^&#]*/g): string | undefined {
  const behindHost = raw.replace(/^[^/]*\/\/[^/?#]*/, '').replaceAll(parameters, '');
  return /[#@]/.test(behindHost) ? UNESCAPED : undefined;
}

function originProblem(raw: string): string | undefined {
  if (URL.canParse(raw) && new URL(raw).origin === raw) return undefined;
  return 'must be origins such as https://example.com, without a path';
}

/** A web address without a slash at its end, so that paths can be appended. */
export const webAddress: Parser<string> = (raw) => {
  const { protocol, search, hash } = URL.canParse(raw) ? new URL(raw) : { protocol: '', search: '', hash: '' };
  if (!['http:', 'https:'].includes(protocol)) return { problem: 'must begin with http:// or https://' };
  if (search !== '' || hash !== '') return { problem: 'must end with its path, without ? or #' };
  return { value: raw.replace(/\/+$/, '') };
};

/** The sender of mails: `address` or `name <address>`. */
export const sender: Parser<string> = (raw) => {
  const address = /^(?:[^<>]*<([^<>]*)>|([^<>]*))$/
    .exec(raw)
    ?.slice(1)
    .find((part) => part !== undefined);
  const [, domain = ''] = /^[^\s@,;:]+@([^\s@,;:]+)$/.exec(address ?? '') ?? [];
  return domainToASCII(domain) !== ''
    ? { value: raw }
    : { problem: 'must be one e-mail address, such as Aerie <no-reply@example.com>' };
};

/** An ISO 4217 currency with two decimal places. */
export const currency: Parser<string> = (raw) => {
  if (!Intl.supportedValuesOf('currency').includes(raw))
    return { problem: 'must be a currency code of ISO 4217, such as USD or EUR' };
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: raw });
  const isInCents = format.resolvedOptions().maximumFractionDigits === 2;
  return isInCents ? { value: raw } : { problem: 'must be a currency with two decimal places' };
};

/** Comma-separated values. */
export const list =
  <T>(parse: Parser<T>, separator: string | RegExp = ','): Parser<readonly T[]> =>
  (raw) => {
    const value: T[] = [];
    for (const part of raw.split(separator)) {
      const result = parse(part.trim());
      if ('problem' in result) return result;
      value.push(result.value);
    }
    return { value };
  };

import { readFileSync } from 'node:fs';
import { systemReason } from '../embedded-postgres/system-reason.js';
import { VARIABLES, type Values, type Variable } from './config.variables.js';

// Variables that are read from files: `JWT_SECRET_FILE` and the like.

type Env = Readonly<Record<string, string | undefined>>;

/** The names of variables that files may contain. */
export const IN_FILES = Object.entries<Variable<unknown>>(VARIABLES).flatMap(([name, { secret, inFile }]) =>
  secret || inFile ? [name] : [],
);
const SECRETS = IN_FILES.filter((name) => (VARIABLES as Readonly<Record<string, Variable<unknown>>>)[name]?.secret);

/**
 * Returns the environment with the variables that are in files (`…_FILE`), as containers get secrets. Adds to
 * `problems`.
 */
export function withFiles(env: Env, problems: string[]): Env {
  const read: Record<string, string> = {};
  for (const name of IN_FILES) {
    const variable = `${name}_FILE`;
    const file = env[variable]?.trim();
    if (file === undefined || file === '') continue;
    const result = isSet(env, name) ? { problem: `and ${name} are both set: remove one` } : contentOf(file);
    if ('value' in result) read[name] = result.value;
    else problems.push(`${variable} ${result.problem}`);
  }
  return { ...env, ...read };
}

/** Whether any variable comes from a file, whose content may change. */
export function readsFiles(env: Env): boolean {
  return IN_FILES.some((name) => isSet(env, `${name}_FILE`));
}

/** Returns the names of the secrets that have changed. */
export function changedSecrets(before: Readonly<Values>, after: Readonly<Values>): string[] {
  const [old, anew] = [environmentOfFiles(before), environmentOfFiles(after)];
  return SECRETS.filter((name) => old[name] !== anew[name]);
}

export function isSet(env: Env, name: string): boolean {
  return (env[name]?.trim() ?? '') !== '';
}

/**
 * Returns the content of a file. The message does not contain the path, since it may be a secret in the wrong variable.
 */
function contentOf(file: string): { value: string } | { problem: string } {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? { problem: 'points to an empty file' } : { value };
  } catch (error) {
    return { problem: `cannot be read: ${systemReason(error)}` };
  }
}

/** Returns the variables that files may contain as the environment of a child process, which then reads no files. */
export function environmentOfFiles(values: Readonly<Values>): Record<string, string> {
  const given = values as Readonly<Record<string, unknown>> as Readonly<Record<string, string | readonly string[]>>;
  const texts = IN_FILES.map((name) => [name, [given[name] ?? ''].flat().join(',')] as const);
  return Object.fromEntries(texts.flatMap(([name, text]) => [[name, text] as const, [`${name}_FILE`, ''] as const]));
}

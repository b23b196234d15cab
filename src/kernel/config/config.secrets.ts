import { readFileSync } from 'node:fs';
import { VARIABLES, type Values, type Variable } from './config.variables.js';

type Env = Readonly<Record<string, string | undefined>>;

const SECRETS = Object.entries<Variable<unknown>>(VARIABLES).flatMap(([name, { secret }]) => (secret ? [name] : []));

/** The environment with every secret that a `…_FILE` names read from there, as containers are given them. */
export function withFiles(env: Env, problems: string[]): Env {
  const read: Record<string, string> = {};
  for (const name of SECRETS) {
    const variable = `${name}_FILE`;
    const file = env[variable]?.trim();
    if (file === undefined || file === '') continue;
    const result = isSet(env, name) ? { problem: `and ${name} are both set: remove one` } : secretIn(file);
    if ('value' in result) read[name] = result.value;
    else problems.push(`${variable} ${result.problem}`);
  }
  return { ...env, ...read };
}

/** Whether a secret comes from a file, which may have another one later. */
export function readsFiles(env: Env): boolean {
  return SECRETS.some((name) => isSet(env, `${name}_FILE`));
}

/** The names of the secrets that have other values than before. */
export function changedSecrets(before: Readonly<Values>, after: Readonly<Values>): string[] {
  const [old, anew] = [environmentOfSecrets(before), environmentOfSecrets(after)];
  return SECRETS.filter((name) => old[name] !== anew[name]);
}

export function isSet(env: Env, name: string): boolean {
  return (env[name]?.trim() ?? '') !== '';
}

/** The path is not told: it may be a secret that was put into the wrong variable. */
function secretIn(file: string): { value: string } | { problem: string } {
  try {
    const value = readFileSync(file, 'utf8').trim();
    return value === '' ? { problem: 'points to an empty file' } : { value };
  } catch (error) {
    return { problem: `cannot be read: ${(error as NodeJS.ErrnoException).code}` };
  }
}

/** The secrets as the environment of another process of the application: themselves, wherever they were found. */
export function environmentOfSecrets(values: Readonly<Values>): Record<string, string> {
  const given = values as Readonly<Record<string, unknown>> as Readonly<Record<string, string | readonly string[]>>;
  const texts = SECRETS.map((name) => [name, [given[name] ?? ''].flat().join(',')] as const);
  return Object.fromEntries(texts.flatMap(([name, text]) => [[name, text] as const, [`${name}_FILE`, ''] as const]));
}

import { hash, verify, type Options } from '@node-rs/argon2';

/** OWASP's minimum for argon2id (the package's default algorithm): 19 MiB, 2 passes, 1 lane; ASVS 5.0 appendix C. */
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 };

/** The password as an argon2id PHC string with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

let dummy: Promise<string> | undefined;

/** Whether it is the password. Without an account the same work is done, so that the time tells nothing. */
export async function isPassword(stored: string | undefined, password: string): Promise<boolean> {
  dummy ??= hashPassword('');
  const matches = await verify(stored ?? (await dummy), password);
  return matches && stored !== undefined;
}

import { ConfigurationError, readConfig } from '../../src/config/config.js';

/** Returns what is wrong with these environment variables, one sentence per mistake. */
export function configProblems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

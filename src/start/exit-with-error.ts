/**
 * Ends the process with exit code 1, or 2 if the command was called incorrectly. Prints a sentence for errors that a
 * person can fix, and the stack trace of all others. Their classes are loaded only here, so that a start does not wait
 * for them.
 */
export async function exitWithError(error: unknown): Promise<never> {
  const { exitCodeOf, sentenceOf } = await import('./error-sentence.js');
  console.error(sentenceOf(error) ?? error);
  process.exit(exitCodeOf(error));
}

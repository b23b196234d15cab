/** What whoever runs Aerie can mend: told in a sentence, without a stack. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** The input cannot be generated. Nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

import type { Definition } from '../lib/definition.ts';
import { labelOf, type Field } from '../lib/fields.ts';
import { pascal } from '../lib/names.ts';

/** Returns the name of the error for a value that another row has. */
export const takenOf = ({ names }: Pick<Definition, 'names'>, { name }: Field) =>
  `${names.variable}${pascal(name)}Taken`;
export const takenSentence = ({ names }: Pick<Definition, 'names'>, field: Field) =>
  `Another ${names.words} has this ${labelOf(field)}`;

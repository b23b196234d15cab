import { labelOf, type Field } from '../lib/fields.ts';
import { pascal, type Names } from '../lib/names.ts';

/** Returns the name of the error for a value that another row has. */
export const takenOf = ({ name }: Pick<Field, 'name'>, { variable }: Names) => `${variable}${pascal(name)}Taken`;
export const takenSentence = (field: Field, { words }: Names) => `Another ${words} has this ${labelOf(field)}`;
/** Returns the declaration of the error. */
export const takenError = (field: Field, names: Names) =>
  `export const ${takenOf(field, names)} = namedError(409, () => '${takenSentence(field, names)}');\n`;

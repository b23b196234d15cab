import { parseField, type Field } from '../../schematics/lib/fields.ts';

/** A step of the generator after the resource was created. */
export type Change = readonly [schematic: 'rename-field' | 'remove-field', ...words: string[]];

/** Returns the fields of a definition that are neither relations nor unique. */
function plainFields(words: readonly string[]): Field[] {
  return words.slice(1).flatMap((text) => {
    try {
      const field = parseField(text, []);
      return field.unique ? [] : [field];
    } catch {
      return []; // a relation, or an option
    }
  });
}

const searchedOf = (words: readonly string[]) => words[words.indexOf('--search') + 1]!.split(',');
const isRenamable = ({ kind, fallback }: Field) => kind !== 'list' && kind !== 'map' && fallback === undefined;

/** Returns the changes to the fields of the resource with this number: renamed or removed, in one step or in both. */
export function changesOf(words: readonly string[], at: number): Change[] {
  const [name] = words as [string];
  const searched = words.includes('--search') ? searchedOf(words) : [];
  const plain = plainFields(words);
  const renamed = plain.find(isRenamable)?.name;
  const isAlone = (name: string) => searched.length === 1 && name === searched[0];
  // the tests change the first
  const removed = plain.slice(1).find(({ name }) => name !== renamed && !isAlone(name))?.name;
  const changes: Change[] = [];
  if (renamed !== undefined && at % 4 !== 3) changes.push(['rename-field', name, renamed, 'renamed_now']);
  if (renamed !== undefined && at % 4 === 1) changes.push(['remove-field', name, renamed]);
  if (removed !== undefined && at % 4 > 1) changes.push(['remove-field', name, removed]);
  if (removed !== undefined && at % 4 === 3) changes.push(['remove-field', name, removed]);
  return changes;
}

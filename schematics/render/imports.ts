/** The imports of a file: names by module. A name may be `type Relation`. */
export type Imports = Readonly<Record<string, readonly (string | false)[]>>;

/** Returns import lines: packages first, then other folders, then the file's own folder. */
export function importLines(imports: Imports): string {
  const lines = Object.entries(imports)
    .map(([from, names]) => [from, names.filter((name) => name !== false)] as const)
    .filter(([, names]) => names.length > 0)
    .toSorted(([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .map(([from, names]) => importLine(from, names));
  return lines.join('\n');
}

/** Returns the place of an import's module: packages come first, then other folders, then the file's own folder. */
export const rank = (from: string) => (from.startsWith('./') ? 2 : from.startsWith('../') ? 1 : 0);

function importLine(from: string, names: readonly string[]): string {
  const sorted = [...new Set(names)].toSorted((one, other) => (bare(one) < bare(other) ? -1 : 1));
  const onlyTypes = sorted.every((name) => name.startsWith('type '));
  return onlyTypes
    ? `import type { ${sorted.map(bare).join(', ')} } from '${from}';`
    : `import { ${sorted.join(', ')} } from '${from}';`;
}

const bare = (name: string) => name.replace(/^type /, '');

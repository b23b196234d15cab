import { posix } from 'node:path';
import { SyntaxKind, type ArrayLiteralExpression } from 'ts-morph';
import { append, insertBehind } from './lists.ts';
import type { Sources } from './project.ts';
import { Refusal } from './refusal.ts';

const PATH = 'test/sources/architecture.spec.ts';
const FEATURES = 'FEATURES';
/** Features do not refer to this folder, and it does not refer to features. */
const ABOVE = 'telemetry';

/** Adds a feature above the features that it needs, in the ranks of the architecture test. */
export function addRank(sources: Sources, folder: string, targets: readonly string[]): void {
  const needed = targets.filter((target) => target !== folder);
  if (needed.length === 0) return;
  const imports = importsOf(sources);
  const circular = needed.find((target) => reaches(imports, target, folder));
  if (circular !== undefined)
    throw new Refusal(`${folder} cannot refer to ${circular}, because ${circular} already refers to ${folder}`);
  const file = sources.file(PATH);
  const ranks = file
    .getVariableDeclarationOrThrow('RANKS')
    .getInitializerIfKindOrThrow(SyntaxKind.ArrayLiteralExpression);
  const rows = ranks.getElements().map((row) => row.asKindOrThrow(SyntaxKind.ArrayLiteralExpression));
  const rankOf = (name: string) => {
    const named = rows.findIndex((row) => namesOf(row).includes(name));
    return named < 0 ? rows.findIndex((row) => namesOf(row).includes(FEATURES)) : named;
  };
  const above = Math.max(...needed.map(rankOf)) + 1;
  if (rankOf(folder) >= above) return; // for example above the users
  if (rows.some((row) => namesOf(row).includes(folder)))
    throw new Refusal(`${folder} has a lower rank than ${needed.join(', ')}: move it up in RANKS of ${PATH} first`);
  const users = [...imports.keys()].filter((one) => imports.get(one)!.has(folder));
  const lower = users.find((one) => rankOf(one) < above);
  if (lower !== undefined)
    throw new Refusal(
      `${folder} needs a higher rank than ${lower}, which refers to it: move ${lower} up in RANKS of ${PATH} first`,
    );
  const row = rows[above];
  if (row === undefined || namesOf(row).some((name) => name === ABOVE || users.includes(name)))
    insertBehind(ranks, rows[above - 1]!, `['${folder}']`);
  else append(row, `'${folder}'`);
  sources.save(file);
}

const namesOf = (row: ArrayLiteralExpression) =>
  row.getElements().map((element) => element.asKind(SyntaxKind.StringLiteral)?.getLiteralValue() ?? element.getText());

/** Returns `notes` for `src/notes/note.entity.ts`, and `app` for `src/app.module.ts`. */
const folderOf = (path: string) => path.split('/')[1]!.split('.')[0]!;

/** Returns for each folder of `src` the other folders that its files import. */
function importsOf(sources: Sources): Map<string, Set<string>> {
  const imports = new Map<string, Set<string>>();
  for (const path of sources.paths('src').filter((one) => one.endsWith('.ts') && !one.endsWith('.spec.ts'))) {
    const folder = folderOf(path);
    const used = imports.get(folder) ?? new Set();
    for (const [, from] of sources.tree.readText(path).matchAll(/ from ['"](\.[^'"]+)['"]/g))
      used.add(folderOf(posix.join(posix.dirname(path), from!)));
    used.delete(folder);
    imports.set(folder, used);
  }
  return imports;
}

/** Returns whether a folder imports another one, directly or through others. */
function reaches(imports: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const folder of seen) for (const used of imports.get(folder) ?? []) seen.add(used);
  return seen.has(to);
}

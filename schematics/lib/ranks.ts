import { SyntaxKind, type ArrayLiteralExpression } from 'ts-morph';
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
  const own = rows.findIndex((row) => namesOf(row).includes(folder));
  if (own >= above) return;
  if (own >= 0)
    throw new Refusal(`${folder} has a lower rank than ${needed.join(', ')}: move it up in RANKS of ${PATH} first`);
  const row = rows[above];
  if (row === undefined || namesOf(row).includes(ABOVE)) ranks.insertElement(above, `['${folder}']`);
  else row.addElement(`'${folder}'`);
  sources.save(file);
}

const namesOf = (row: ArrayLiteralExpression) =>
  row.getElements().map((element) => element.asKind(SyntaxKind.StringLiteral)?.getLiteralValue() ?? element.getText());

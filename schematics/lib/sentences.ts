import type { MethodDeclaration, PropertyDeclaration, SourceFile } from 'ts-morph';
import { capitalized, statementOf, wordsOf } from './names.ts';

const SEARCH = /The search covers ([^.]*)\./;

/** Changes the names in the sentence about searched fields, if the sentence is still as the generator wrote it. */
export function tellSearch(file: SourceFile, change: (labels: readonly string[]) => readonly string[]): void {
  const found = SEARCH.exec(file.getFullText());
  if (!found) return;
  const told = change(found[1]!.split(' and ')).join(' and ');
  file.replaceText([found.index, found.index + found[0].length], `The search covers ${told}.`);
}

/** Changes the name of a renamed field in its comment, if the comment is still as the generator wrote it. */
export function tellRenamed(property: PropertyDeclaration, from: string, to: string): void {
  const [doc] = property.getJsDocs();
  if (!doc) return;
  const [former, now] = [wordsOf(from), wordsOf(to)];
  const text = doc
    .getText()
    .replace(`${capitalized(former)} of the `, `${capitalized(now)} of the `)
    .replace(new RegExp(`(Whether the [a-z0-9 ]+ )${statementOf(former)}\\.`), `$1${statementOf(now)}.`);
  doc.replaceWithText(text);
}

const THROWS = /\bThrows ([\w, ]+)\./;

/** Adds an error to those that a method throws, as its comment names them. Adds the comment if there is none. */
export function tellThrown(method: MethodDeclaration, error: string): void {
  if (method.getJsDocs().length === 0) method.addJsDoc(`Throws ${error}.`);
  else changeThrown(method, (names) => (names.includes(error) ? names : [...names, error]));
}

/** Removes an error from those that a method throws, as its comment names them. Removes the comment if it is empty. */
export function tellNotThrown(method: MethodDeclaration, error: string): void {
  changeThrown(method, (names) => names.filter((name) => name !== error));
}

function changeThrown(method: MethodDeclaration, change: (names: readonly string[]) => readonly string[]): void {
  const [doc] = method.getJsDocs();
  const text = doc?.getText() ?? '';
  const told = text.replace(THROWS, (_found, given: string) => {
    const names = change(given.split(', '));
    return names.length > 0 ? `Throws ${names.join(', ')}.` : '';
  });
  if (/^[/*\s]*$/.test(told)) doc?.remove();
  else if (told !== text) doc?.replaceWithText(told);
}

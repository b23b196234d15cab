import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { formattedText } from '../../schematics/lib/formatted.ts';
import { EDITS } from './edit-kinds.ts';

/** A file of a feature after a person has edited it, and the texts that must stay in it. */
export interface Edited {
  readonly path: string;
  readonly text: string;
  readonly kept: readonly string[];
}

/** The number of kinds of edits. */
export const KINDS = EDITS.length;

/**
 * Edits the files of a feature as a person would, and formats them. Makes the edit `kind`, and some others that the
 * seed selects.
 */
export async function editByHand(root: string, feature: string, kind: number, seed: number): Promise<Edited[]> {
  const folders = [`src/${feature}`, `test/${feature}`].filter((folder) => existsSync(join(root, folder)));
  const paths = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  const [others] = fc.sample(fc.subarray([...EDITS.keys()], { minLength: 4, maxLength: 12 }), { seed, numRuns: 1 });
  const chosen = new Set([kind % KINDS, ...others!]);
  const edits = paths.map(async (path) => {
    let text = readFileSync(join(root, path), 'utf8');
    const kept: string[] = [];
    for (const [at, edit] of EDITS.entries()) {
      if (!chosen.has(at) || !edit.file.test(path) || text.includes(edit.kept)) continue;
      const edited = edit.apply(text, edit.kept);
      if (edited !== text) kept.push(edit.kept);
      text = edited;
    }
    if (kept.length === 0) return [];
    writeFileSync(join(root, path), await formattedText(path, text));
    return [{ path, text, kept }];
  });
  return (await Promise.all(edits)).flat();
}

const words = (text: string) => text.replaceAll(/\s+/g, ' ');

/** Returns the edits that were lost. Ignores line breaks, because the formatter may change them. */
export function lostEdits(root: string, edits: readonly Edited[]): string[] {
  return edits.flatMap(({ path, kept }) => {
    const now = words(readFileSync(join(root, path), 'utf8'));
    return kept.filter((text) => !now.includes(words(text).trim())).map((text) => `${path}: ${text}`);
  });
}

/** Returns for each edited file the first token that is missing, although a field was only added. */
export function lostTokens(root: string, edits: readonly Edited[]): string[] {
  return edits.flatMap(({ path, text }) => {
    const now = tokensOf(readFileSync(join(root, path), 'utf8'));
    let at = 0;
    const lost = tokensOf(text).find((token) => {
      const found = now.indexOf(token, at);
      if (found >= 0) at = found + 1;
      return found < 0;
    });
    return lost === undefined ? [] : [`${path}: ${lost}`];
  });
}

/**
 * Returns names, literals and comments in their order, without imports. The formatter may change what is between them.
 */
function tokensOf(text: string): string[] {
  const body = text.replaceAll(/^import [^]*?;$/gm, '');
  const comments = [...body.matchAll(/(?<!\S)\/\/.*$|\/\*[^]*?\*\//gm)].flatMap(([comment]) => {
    const text = words(comment);
    return /\bThrows [\w, ]+\./.test(text) ? text.split(/[\s,.]+/) : [text]; // a new field can add an error to it
  });
  const tokens: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isIdentifier(node) || ts.isLiteralExpression(node)) tokens.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('edited.ts', body, ts.ScriptTarget.Latest));
  return [...tokens, ...comments];
}

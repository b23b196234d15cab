import { readFileSync } from 'node:fs';
import type { Rule } from '@angular-devkit/schematics';
import { format, type FormatOptions } from 'oxfmt';

/** Formats a text as `npm run format` does. Throws an Error if it cannot be parsed. */
export async function formattedText(path: string, text: string): Promise<string> {
  const options = JSON.parse(readFileSync('.oxfmtrc.json', 'utf8')) as FormatOptions;
  const { code, errors } = await format(path, text, options);
  if (errors.length > 0) throw new Error(`${path} cannot be formatted: ${errors[0]!.message}`);
  return code;
}

/** Formats the TypeScript files that were written. */
export function formatted(): Rule {
  return async (tree) => {
    for (const { kind, path } of tree.actions as readonly { kind: string; path: string }[]) {
      if (kind === 'd' || !path.endsWith('.ts')) continue;
      tree.overwrite(path, await formattedText(path, tree.readText(path)));
    }
  };
}

import type { ObjectLiteral } from 'typeorm';
import type { Read } from './read.js';

/** Narrows to rows where one of the columns contains the text of the parameter `pattern`, which is `containing(text)`. */
export function searched<T extends ObjectLiteral>(rows: Read<T>, columns: readonly string[]): Read<T> {
  return rows.where(columns.map((column) => `lower(${column}) like lower(:pattern)`).join(' or '));
}

/** The pattern of LIKE for texts with this one in them; `%` and `_` are letters. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

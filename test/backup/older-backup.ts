import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the backup as a release before the migration CallerWrites would have written it. */
export function beforeCallerWrites(given: string): string {
  const later = readdirSync('migrations').filter((name) => name >= '1795919880000');
  const all = later.map((name) => readFileSync(join('migrations', name), 'utf8')).join('\n');
  const tables = [...all.matchAll(/create (?:unlogged )?table (\w+)/g)].map(([, table]) => table!);
  const columns = [...all.matchAll(/alter table (\w+) add column (\w+)/g)];
  let backup = given.replace(/,"CallerWrites\d+"[^\]]*\]/, ']');
  for (const table of tables)
    backup = backup.replace(new RegExp(`\\{"table":"public\\.${table}"[^]*?\\n\\\\\\.\\n`), '');
  for (const [, table, column] of columns) backup = withoutColumn(backup, table!, column!);
  return backup;
}

function withoutColumn(backup: string, table: string, column: string): string {
  const part = new RegExp(`(\\{"table":"public\\.${table}",.*)\\n([^]*?)(?=\\\\\\.\\n)`).exec(backup);
  if (!part) return backup;
  const [whole, head, rows] = part as unknown as [string, string, string];
  const described = JSON.parse(head) as { columns: string[] };
  const at = described.columns.indexOf(column);
  const cut = (cells: string[]) => cells.toSpliced(at, 1);
  const lines = rows.split('\n').map((line) => (line === '' ? line : cut(line.split('\t')).join('\t')));
  const older = JSON.stringify({ ...described, columns: cut(described.columns) });
  return backup.replace(whole, () => `${older}\n${lines.join('\n')}`);
}

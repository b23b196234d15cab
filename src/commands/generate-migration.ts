import { writeFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { OperatorError } from '../config/operator-error.js';
import { withMigratedDatabase } from '../database-setup/migrate.js';
import { schemaDiff } from '../database-setup/schema-diff.js';
import { foreignKeyFaults, describeFaults } from '../database-setup/schema-check.js';
import { onDatabase } from './on-database.js';

/**
 * Writes a migration with everything that the entities have and the database lacks. Throws an OperatorError if a
 * foreign key has no index.
 */
export function generateMigration(name: string): Promise<void> {
  return onDatabase((config) => withMigratedDatabase(config, (source) => generate(source, name)));
}

async function generate(source: DataSource, name: string): Promise<string> {
  const faults = await describeFaults(foreignKeyFaults(source));
  if (faults.length > 0) throw new OperatorError(faults.join('\n'));
  const { up, down } = await schemaDiff(source);
  if (up.length === 0) return 'Entities and migrations match: nothing to generate';
  const time = Date.now();
  const className = `${name.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}${time}`;
  const file = `migrations/${time}-${name}.ts`;
  writeFileSync(file, migrationSource(className, up, down));
  return `Written: ${file}. Review it, explain its purpose in its comment, and format it.`;
}

function migrationSource(className: string, up: readonly string[], down: readonly string[]): string {
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
${body(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${body(down)}
  }
}
`;
}

function body(queries: readonly string[]): string {
  return queries.map((query) => `    await runner.query(${JSON.stringify(query)});`).join('\n');
}

import { writeFileSync } from 'node:fs';
import { OperatorError } from '../kernel/errors/operator-error.js';
import { requireSchema, withDataSource } from '../kernel/database/migrate.js';
import { schemaDiff } from '../kernel/database/schema-diff.js';
import { foreignKeyFaults, describeFaults } from '../kernel/database/schema-check.js';
import { run } from './run.js';

const USAGE = {
  call: 'npm run migration:generate -- NAME',
  about: 'Writes a migration of what the entities have and the database has not.',
  positionals: ['NAME'],
} as const;

await run(USAGE, async (config, { positionals: [name] }) => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name!))
    throw new OperatorError('NAME must be lower-case words, such as add-stock-to-items');
  await requireSchema(config);
  return withDataSource(config, async (source) => {
    const faults = await describeFaults(foreignKeyFaults(source));
    if (faults.length > 0) throw new OperatorError(faults.join('\n'));
    const { up, down } = await schemaDiff(source);
    if (up.length === 0) return 'Entities and migrations match: nothing to generate';
    const time = Date.now();
    const className = `${name!.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}${time}`;
    const file = `migrations/${time}-${name}.ts`;
    writeFileSync(file, migrationSource(className, up, down));
    return `Written: ${file}. Review it, explain its purpose in its comment, and format it.`;
  });
});

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

import type { Definition } from '../lib/definition.ts';
import { capitalized } from '../lib/names.ts';
import { allDtoImports, dtoProperty } from './dto.ts';
import { allEntityImports, classDecorators, entityProperty, enumDeclaration } from './entity.ts';
import { importLines } from './imports.ts';
import { controllerView, serviceView } from './operations.ts';
import { createStatements } from './sql.ts';
import { takenError } from './taken.ts';
import { testView } from './tests.ts';

/** Returns the values for the templates of a resource. */
export function viewOf(definition: Definition, time: string): object {
  const { names, fields, search, owned } = definition;
  const service = serviceView(definition);
  const controller = controllerView(definition);
  const tests = testView(definition);
  const owner = ownerProperty(definition);
  return {
    ...names,
    ...service.view,
    ...controller.view,
    ...tests.view,
    time,
    owned,
    One: capitalized(names.one),
    Words: capitalized(names.words),
    Query: search.length > 0 ? 'SearchQuery' : 'PageQuery',
    imports: {
      entity: importLines(allEntityImports(definition)),
      dto: importLines(allDtoImports(definition)),
      service: importLines(service.imports),
      controller: importLines(controller.imports),
      test: importLines(tests.imports),
    },
    enums: fields
      .filter(({ kind }) => kind === 'enum')
      .map((field) => `${enumDeclaration(field, names)}\n\n`)
      .join(''),
    classDecorators: [
      ...(owned ? [`Index('${names.table}_user_id_id_idx', ['user_id', 'id'])`] : []),
      ...fields.flatMap((field) => classDecorators(field, names)),
    ]
      .map((text) => `@${text}\n`)
      .join(''),
    columns: [...owner, ...fields.map((field) => entityProperty(field, names, search.includes(field)))].join('\n\n'),
    properties: fields.map((field) => dtoProperty(field, names)).join('\n\n'),
    takenErrors: fields.map((field) => (field.unique ? takenError(field, names) : '')).join(''),
    statements: createStatements(definition),
  };
}

function ownerProperty({ owned }: Definition): string[] {
  if (!owned) return [];
  return [
    `  @Column('integer')\n  user_id!: number;`,
    `  @ManyToOne(() => User, { onDelete: 'CASCADE' })\n  @JoinColumn({ name: 'user_id' })\n  user?: Relation<User>;`,
  ];
}

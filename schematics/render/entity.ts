import type { Definition } from '../lib/definition.ts';
import type { Field } from '../lib/fields.ts';
import type { Names } from '../lib/names.ts';
import { enumOf } from './dto.ts';
import { checkOf } from './sql.ts';
import type { Imports } from './imports.ts';

const TYPEORM = 'typeorm';
const COLUMNS = '../kernel/database/columns.js';

/** Returns the decorators of the class for a field, without `@`. */
export function classDecorators(field: Field, { table }: Names): string[] {
  const check = checkOf(field);
  return [
    ...(field.unique ? [`Unique('${table}_${field.name}_key', ['${field.name}'])`] : []),
    ...(field.target ? [`Index('${table}_${field.name}_id_idx', ['${field.name}', 'id'])`] : []),
    ...(check === undefined
      ? []
      : [`Check('${table}_${field.name}_check', ${check.includes("'") ? `\`${check}\`` : `'${check}'`})`]),
  ];
}

function optionsOf({ kind, nullable, fallback, min }: Field): string {
  const initial = kind === 'list' && min === 0 ? '[]' : kind === 'map' ? '{}' : fallback;
  const value = typeof fallback === 'string' ? `'${fallback}'` : String(initial);
  const options = [...(nullable ? ['nullable: true'] : []), ...(initial === undefined ? [] : [`default: ${value}`])];
  return [...(kind === 'list' ? ['array: true'] : []), ...options].join(', ');
}

const TYPES: Partial<Record<Field['kind'], string>> = {
  uuid: 'uuid',
  int: 'integer',
  boolean: 'boolean',
  date: 'date',
  map: 'json',
  relation: 'integer',
};

function columnOf(field: Field): string {
  const options = optionsOf(field);
  const given = options === '' ? '' : `{ ${options} }`;
  if (field.kind === 'datetime') return `Timestamp(${given})`;
  if (field.kind === 'cents') return `SafeBigInt(${given})`;
  const type = TYPES[field.kind] ?? 'text';
  return `Column('${type}'${given && `, ${given}`})`;
}

function typeOf(field: Field, names: Names): string {
  const types: Partial<Record<Field['kind'], string>> = {
    int: 'number',
    cents: 'number',
    relation: 'number',
    boolean: 'boolean',
    datetime: 'Date',
    list: 'string[]',
    map: 'Record<string, string>',
    enum: enumOf(names, field),
  };
  return `${types[field.kind] ?? 'string'}${field.nullable ? ' | null' : ''}`;
}

/** Returns the name of the property that holds the related row. */
const relationOf = ({ name }: Field) => name.replace(/_id$/, '');

/** Returns the property of a column, and the property of its relation. */
export function entityProperty(field: Field, names: Names, isSearched: boolean): string {
  const searched = isSearched ? `\n  @Searched('${names.table}_${field.name}_search_idx')` : '';
  const column = `  @${columnOf(field)}${searched}\n  ${field.name}!: ${typeOf(field, names)};`;
  if (!field.target) return column;
  const { Class } = field.target;
  const rule = field.nullable ? 'SET NULL' : 'CASCADE';
  return `${column}\n\n  @ManyToOne(() => ${Class}, { onDelete: '${rule}' })\n  @JoinColumn({ name: '${field.name}' })\n  ${relationOf(field)}?: Relation<${Class}>;`;
}

export function enumDeclaration(field: Field, names: Names): string {
  const members = field.choices.map((choice) => `  ${choice} = '${choice}',`);
  return `export enum ${enumOf(names, field)} {\n${members.join('\n')}\n}`;
}

/** Returns the imports that these columns need. */
export function entityImports(
  fields: readonly Field[],
  names: Names,
  search: readonly Field[],
): Record<string, string[]> {
  const related = fields.filter(({ target }) => target !== undefined);
  const plain = fields.some(({ kind }) => kind !== 'datetime' && kind !== 'cents');
  const decorators = fields.flatMap((field) => classDecorators(field, names)).map((text) => text.split('(')[0]!);
  const imports: Record<string, string[]> = {
    [TYPEORM]: [...(plain ? ['Column'] : []), ...decorators],
    [COLUMNS]: [
      ...(fields.some(({ kind }) => kind === 'cents') ? ['SafeBigInt'] : []),
      ...(fields.some(({ kind }) => kind === 'datetime') ? ['Timestamp'] : []),
    ],
    '../kernel/database/searched.decorator.js': search.length > 0 ? ['Searched'] : [],
  };
  if (related.length > 0) imports[TYPEORM]!.push('JoinColumn', 'ManyToOne', 'type Relation');
  for (const { target } of related)
    if (target!.Class !== names.Class) imports[importPath(target!.file, names)] = [target!.Class];
  return imports;
}

/** Returns the path with which a feature imports a file of its own or of another feature. */
export const importPath = (file: string, { path }: Names) =>
  file
    .replace(`src/${path}/`, './')
    .replace(/^src\//, '../')
    .replace(/\.ts$/, '.js');

export function allEntityImports({ fields, names, search, owned }: Definition): Imports {
  const ofFields = entityImports(fields, names, search);
  return {
    ...ofFields,
    [TYPEORM]: [
      'Entity',
      ...ofFields[TYPEORM]!,
      ...(owned ? ['Column', 'Index', 'JoinColumn', 'ManyToOne', 'type Relation'] : []),
    ],
    [COLUMNS]: ['BaseColumns', ...ofFields[COLUMNS]!],
    ...(owned ? { '../users/user.entity.js': ['User'] } : {}),
  };
}

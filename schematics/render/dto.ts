import type { Definition } from '../lib/definition.ts';
import { labelOf, MOST_UNIQUE, type Field } from '../lib/fields.ts';
import { capitalized, pascal, statementOf, type Names } from '../lib/names.ts';
import type { Imports } from './imports.ts';
import { exampleOf } from './samples.ts';

const VALIDATOR = 'class-validator';
const FIELDS = '../kernel/validation/fields.js';
const IDS = '../kernel/database/ids.js';

/** How the DTO describes a field: its type, its decorators in order, and their imports. */
interface Rules {
  readonly type: string;
  readonly decorators: readonly string[];
  readonly imports: Imports;
}

/** Returns the name of a field's enum. */
export const enumOf = ({ Class }: Names, { name }: Field) => `${Class}${pascal(name)}`;

const big = (value: number) => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, '_');
/**
 * Returns a number with separators from 10,000 on. The plugin of @nestjs/swagger leaves out properties whose decorators
 * have a negative number with separators.
 */
const numeral = (value: number) => (value < 10_000 ? String(value) : big(value));

const text = (decorators: readonly string[], names: readonly string[], own: readonly string[] = []): Rules => ({
  type: 'string',
  decorators,
  imports: { [VALIDATOR]: names, [FIELDS]: own },
});

const whole = ({ min, max }: Field): Rules => ({
  type: 'number',
  decorators: ['IsInt()', `Min(${numeral(min)})`, `Max(${numeral(max)})`],
  imports: { [VALIDATOR]: ['IsInt', 'Min', 'Max'] },
});

const RULES: Readonly<Record<Field['kind'], (field: Field, names: Names) => Rules>> = {
  string: ({ min, max }) =>
    text(['IsString()', 'IsLabel()', `Length(${min}, ${max})`], ['IsString', 'Length'], ['IsLabel']),
  text: ({ min, max }) =>
    min > 0
      ? text(['IsString()', `Length(${min}, ${numeral(max)})`], ['IsString', 'Length'])
      : text(['IsString()', `MaxLength(${numeral(max)})`], ['IsString', 'MaxLength']),
  email: () => text(['IsEmail()'], ['IsEmail']),
  url: ({ unique }) => {
    const most = unique ? MOST_UNIQUE : 2000;
    const decorators = [`IsUrl({ protocols: ['http', 'https'], require_protocol: true })`, `MaxLength(${most})`];
    return text(decorators, ['IsUrl', 'MaxLength']);
  },
  uuid: () => text(['IsUUID()'], ['IsUUID']),
  int: whole,
  cents: whole,
  boolean: () => ({ type: 'boolean', decorators: ['IsBoolean()'], imports: { [VALIDATOR]: ['IsBoolean'] } }),
  date: () => text(['IsDateOnly()'], [], ['IsDateOnly']),
  datetime: () => ({ type: 'Date', decorators: ['IsDateTime()'], imports: { [FIELDS]: ['IsDateTime'] } }),
  enum: (field, names) => {
    const type = enumOf(names, field);
    const imports = { [VALIDATOR]: ['IsEnum'], [`./${names.file}.entity.js`]: [type] };
    return { type, decorators: [`IsEnum(${type})`], imports };
  },
  list: ({ min, max }) => {
    const least = min > 0 ? [`ArrayMinSize(${min})`] : [];
    const each = ['IsString({ each: true })', 'MaxLength(100, { each: true })'];
    const imports = ['IsArray', min > 0 && 'ArrayMinSize', 'ArrayMaxSize', 'IsString', 'MaxLength'];
    return {
      type: 'string[]',
      decorators: ['IsArray()', ...least, `ArrayMaxSize(${max})`, ...each],
      imports: { [VALIDATOR]: imports },
    };
  },
  map: () => ({
    type: 'Record<string, string>',
    decorators: ['IsStringMap({ maxKeys: 100, maxLength: 1000 })'],
    imports: { [FIELDS]: ['IsStringMap'] },
  }),
  relation: () => ({
    type: 'number',
    decorators: ['IsInt()', 'Min(1)', 'Max(MAX_ID)'],
    imports: { [VALIDATOR]: ['IsInt', 'Min', 'Max'], [IDS]: ['MAX_ID'] },
  }),
};

const rulesOf = (field: Field, names: Names) => RULES[field.kind](field, names);

const IN_ITS_FORM: ReadonlySet<Field['kind']> = new Set<Field['kind']>([
  'email',
  'uuid',
  'boolean',
  'date',
  'datetime',
  'enum',
  'relation',
]);

function sentenceOf(field: Field, { words }: Names): string {
  const { kind, nullable, target } = field;
  const label = labelOf(field);
  const none = nullable ? ' Null if there is none.' : '';
  if (kind === 'boolean') return `Whether the ${words} ${statementOf(label)}.${none}`;
  if (target) return `Id of the ${label}.${none}`;
  if (kind === 'cents') return `${capitalized(label)} of the ${words} in cents.${none}`;
  const oneLine = kind === 'string' ? ' Spaces around it are removed.' : '';
  return `${capitalized(label)} of the ${words}.${oneLine}${none}`;
}

function commentOf(field: Field, names: Names): string {
  const sentence = sentenceOf(field, names);
  if (IN_ITS_FORM.has(field.kind)) return `  /** ${sentence} */`;
  const example = JSON.stringify(exampleOf(field))
    .replace(/^\{(.*)\}$/, '{ $1 }')
    .replaceAll('":"', '": "');
  return `  /**\n   * ${sentence}\n   * @example ${example}\n   */`;
}

/** Returns the declaration with a default such as ` = 0`, or with `!` for a required property. */
function initialOf(field: Field, type: string): string {
  const { kind, nullable, fallback, choices } = field;
  const declared = nullable ? `${type} | null` : type;
  if (nullable) return `${field.name}: ${declared} = null;`;
  if (kind === 'list' && field.min === 0) return `${field.name}: ${declared} = [];`;
  if (kind === 'map') return `${field.name}: ${declared} = {};`;
  if (fallback === undefined) return `${field.name}!: ${declared};`;
  if (choices.length > 0) return `${field.name}: ${declared} = ${type}.${String(fallback)};`;
  const value =
    typeof fallback === 'string' ? `'${fallback}'` : typeof fallback === 'number' ? numeral(fallback) : fallback;
  return `${field.name}: ${declared} = ${String(value)};`;
}

/** Returns the property of a field in the class of a request body. */
export function dtoProperty(field: Field, names: Names): string {
  const { type, decorators } = rulesOf(field, names);
  const all = [...(field.nullable ? ['IsOptional()'] : []), ...decorators];
  return [commentOf(field, names), ...all.map((one) => `  @${one}`), `  ${initialOf(field, type)}`].join('\n');
}

/** Returns the property of a field in a class of changes that has its own properties. */
export function patchProperty(field: Field, names: Names): string {
  const { type, decorators } = rulesOf(field, names);
  const [absent, declared] = field.nullable ? ['IsOptional()', `${type} | null`] : ['MayBeAbsent()', type];
  const all = [absent, ...decorators].map((one) => `  @${one}`);
  return [commentOf(field, names), ...all, `  ${field.name}?: ${declared};`].join('\n');
}

/** Returns the property of a field in a class of responses that has its own properties. */
export function responseProperty(field: Field, names: Names): string {
  return `${commentOf(field, names)}\n  ${field.name}!: ${rulesOf(field, names).type}${field.nullable ? ' | null' : ''};`;
}

/** Returns the imports that these fields need. */
export function dtoImports(fields: readonly Field[], names: Names): Record<string, (string | false)[]> {
  const merged: Record<string, (string | false)[]> = {};
  for (const field of fields) {
    const { imports } = rulesOf(field, names);
    for (const [from, given] of Object.entries(imports)) (merged[from] ??= []).push(...given);
    if (field.nullable) (merged[VALIDATOR] ??= []).push('IsOptional');
  }
  return merged;
}

/** Returns all imports of the DTOs. */
export function allDtoImports({ fields, names }: Definition): Imports {
  const ofFields = dtoImports(fields, names);
  const entity = `./${names.file}.entity.js`;
  return {
    '@nestjs/swagger': ['ApiSchema'],
    '../kernel/database/versioned.js': ['Versioned'],
    '../kernel/validation/patch-type.js': ['PatchType'],
    ...ofFields,
    [entity]: [names.Class, ...(ofFields[entity] ?? [])],
  };
}

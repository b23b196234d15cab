import { DECORATORS } from '@nestjs/swagger';
import type { Type } from '../validation/declared.js';
import { isExcluded } from '../validation/transformations.js';
import { withBounds } from './bounds.js';
import { refTo, toJsonSchema, type LegacySchema, type Schema } from './json-schema.js';
import { completeSchema } from './schema-rules.js';
import { VALIDATION_ERROR } from './serializable-schema.js';

/** What `@ApiProperty` or the swagger plugin says of a property. */
interface PropertyMetadata extends LegacySchema {
  readonly required?: boolean;
  readonly isArray?: boolean;
}

/** What the swagger plugin leaves on a class: the types of its properties. */
interface PluginMetadata {
  _OPENAPI_METADATA_FACTORY?: () => Record<string, PropertyMetadata>;
}

/** Classes by name. */
export type Models = ReadonlyMap<string, Type<object>>;

/**
 * The classes and every class that is nested in them. Throws an Error for two classes of one name that say different things:
 * whatever knows a model by its name, a serializer or the document, would take one for the other.
 */
export function reachableModels(models: Iterable<Type<object>>): Models {
  const names = new ModelNames();
  names.claim(models);
  return names.models;
}

/** Whose name is whose, among models and all that is nested in them. */
export class ModelNames {
  private readonly claimed = new Map<string, Type<object>>();
  private readonly places = new Map<Type<object>, string>();

  get models(): Models {
    return this.claimed;
  }

  /** Throws an Error if one of them has the name of another class. */
  claim(models: Iterable<Type<object>>): void {
    for (const model of models) this.collect(model, 'a model of its own');
  }

  private collect(model: Type<object>, place: string): void {
    if (this.places.has(model)) return;
    if (model.name === VALIDATION_ERROR) {
      throw new Error(`needs another name for a model (${place}): ${VALIDATION_ERROR} is what a 422 lists: rename it`);
    }
    const other = this.claimed.get(model.name) ?? model;
    if (!saysTheSame(model, other)) {
      throw new Error(
        `needs another name for a model: two classes are named ${model.name} (${this.places.get(other)}, ${place}): rename one`,
      );
    }
    this.places.set(model, place);
    this.claimed.set(model.name, other);
    for (const [name, { type }] of propertiesOf(model)) {
      if (isExcluded(model, name, 'taken') && isExcluded(model, name, 'given')) continue;
      const nested = elementType(type);
      if (isModel(nested)) this.collect(nested, `in ${model.name}.${name}`);
    }
  }
}

/** A mapped type is a new class each time it is made: `PartialType(Cat)` twice is no mistake. */
function saysTheSame(one: Type<object>, other: Type<object>): boolean {
  return (
    one === other ||
    (['taken', 'given'] as const).every(
      (use) => JSON.stringify(modelSchema(one, use)) === JSON.stringify(modelSchema(other, use)),
    )
  );
}

/** The schemas of these classes and of those nested in them, by name: as requests take them, or as answers give them. */
export function modelSchemas(models: Iterable<Type<object>>, use: 'taken' | 'given'): Record<string, Schema> {
  const schemas = [...reachableModels(models)].map(([name, model]) => [name, modelSchema(model, use)] as const);
  return Object.fromEntries(schemas);
}

/** Throws an Error for a response model, or one nested in it, of which nobody has said what its properties are. */
export function assertResponseModel(model: Type<object>): void {
  for (const [name, { prototype }] of reachableModels([model])) {
    if (propertiesOf({ name, prototype } as Type<object>).size > 0) continue;
    throw new Error(
      `answers ${name}, of which no property is known: declare it in a *.dto.ts or *.entity.ts file, or add @ApiProperty to its properties`,
    );
  }
}

function modelSchema(model: Type<object>, use: 'taken' | 'given'): Schema {
  const properties = [...propertiesOf(model)].filter(([name]) => !isExcluded(model, name, use));
  const required = properties.filter(([, property]) => property.required !== false).map(([name]) => name);
  const plain: Schema = {
    type: 'object',
    properties: Object.fromEntries(properties.map(([name, property]) => [name, toJsonSchema(legacyOf(property))])),
    ...(required.length > 0 ? { required } : {}),
    ...(Reflect.getMetadata(DECORATORS.API_EXTENSION, model) as object | undefined),
  };
  return withBounds(completeSchema(model, plain, use === 'taken'));
}

/** The properties as they are declared, base class first. What `@ApiProperty` says wins over what the plugin found. */
function propertiesOf({ prototype }: Type<object>): Map<string, PropertyMetadata> {
  const properties = new Map<string, PropertyMetadata>();
  for (const level of lineage(prototype)) {
    const { _OPENAPI_METADATA_FACTORY: factory } = level.constructor as PluginMetadata;
    const own = Object.hasOwn(level.constructor, '_OPENAPI_METADATA_FACTORY') ? (factory?.() ?? {}) : {};
    for (const [name, property] of Object.entries(own)) properties.set(name, property);
  }
  const decorated = (Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, prototype) ?? []) as string[];
  for (const name of decorated.map((key) => key.slice(1))) {
    const said = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES, prototype, name) as PropertyMetadata;
    properties.set(name, { ...properties.get(name), ...said });
  }
  return properties;
}

function lineage(prototype: object): object[] {
  const levels: object[] = [];
  for (let level: object | null = prototype; level && level !== Object.prototype;) {
    levels.unshift(level);
    level = Reflect.getPrototypeOf(level);
  }
  return levels;
}

/** A type may be given by a function, so that classes may be declared later: the plugin's and `type: () => Model`. */
function resolved(type: unknown): unknown {
  return typeof type === 'function' && type.name === 'type' ? (type as () => unknown)() : type;
}

function elementType(type: unknown): unknown {
  const element = resolved(type);
  return Array.isArray(element) ? elementType(element[0]) : element;
}

const SIMPLE = new Map<unknown, LegacySchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [BigInt, { type: 'integer', format: 'int64' }],
  [Date, { type: 'string', format: 'date-time' }],
  [Object, { type: 'object' }],
]);

function isModel(type: unknown): type is Type<object> {
  return typeof type === 'function' && !SIMPLE.has(type);
}

/** The property in OpenAPI 3.0's dialect, as Nest's generator would write it. */
function legacyOf({ type, isArray, enum: words, ...said }: PropertyMetadata): LegacySchema {
  const { required, ...rest } = said;
  void required; // it stands beside the properties
  const isWritten = type === 'array' && rest.items !== undefined; // as `@ApiProperty({ enum, isArray: true })` leaves it
  const kind = isWritten ? { type, items: rest.items } : typed(isArray ? [type] : resolved(type));
  const own: LegacySchema = words === undefined ? kind : enumOf(words, type, isArray);
  return own.type === 'array' ? { ...withoutBounds(rest), ...own } : { ...rest, ...own };
}

/** Rules for each element of a list are not the list's own. */
function withoutBounds({ minLength, maxLength, pattern, minimum, maximum, ...rest }: LegacySchema): LegacySchema {
  void [minLength, maxLength, pattern, minimum, maximum];
  return rest;
}

function typed(type: unknown): LegacySchema {
  if (Array.isArray(type)) return { type: 'array', items: typed(resolved(type[0])) };
  if (typeof type === 'string') return { type };
  if (isModel(type)) return { allOf: [{ $ref: refTo(type.name) }] };
  return SIMPLE.get(type) ?? {};
}

function enumOf(words: unknown, type: unknown, isArray = false): LegacySchema {
  const given = resolved(words);
  const values = Array.isArray(given)
    ? given
    : Object.values(given as object).filter((value, _, all) => isValue(value, all));
  const one = { type: typeof values[0] === 'number' ? 'number' : 'string', enum: values };
  return isArray || Array.isArray(resolved(type)) ? { type: 'array', items: one } : one;
}

/** A numeric enum of TypeScript's has its names among its values. */
const isValue = (value: unknown, all: unknown[]) =>
  typeof value === 'number' || !all.some((one) => typeof one === 'number');

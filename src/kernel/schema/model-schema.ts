import { DECORATORS } from '@nestjs/swagger';
import { documentedProperties, type Type } from '../validation/model-metadata.js';
import { isExcluded, type Direction } from '../validation/transformations.js';
import { withBounds } from './bounds.js';
import { refTo, toJsonSchema, type OpenApi30Schema, type Schema } from './json-schema.js';
import { completeSchema } from './schema-rules.js';
import { VALIDATION_ERROR } from './serializable-schema.js';

/**
 * Builds the JSON Schemas of DTO classes and of the classes nested in them, by name: as requests or as responses have
 * them.
 */
export function modelSchemas(models: Iterable<Type<object>>, direction: Direction): Record<string, Schema> {
  const schemas = [...reachableModels(models)].map(([name, model]) => [name, modelSchema(model, direction)] as const);
  return Object.fromEntries(schemas);
}

/** The metadata of a property from `@ApiProperty` or the swagger plugin. */
interface PropertyMetadata extends OpenApi30Schema {
  readonly required?: boolean;
  readonly isArray?: boolean;
}

/**
 * Returns the classes and the classes nested in them, by name. Throws an Error if two different models have the same
 * name.
 */
export function reachableModels(models: Iterable<Type<object>>): ReadonlyMap<string, Type<object>> {
  const registry = new ModelRegistry();
  registry.add(models);
  return registry.models;
}

/**
 * Models by name. Serializers and the document identify a model by its name, so two different models must not share
 * one.
 */
export class ModelRegistry {
  private readonly byName = new Map<string, Type<object>>();
  private readonly files = new Map<Type<object>, string>();

  get models(): ReadonlyMap<string, Type<object>> {
    return this.byName;
  }

  /** Adds models and the models nested in them. Throws an Error if a different model has the same name. */
  add(models: Iterable<Type<object>>): void {
    for (const model of models) this.addOne(model, 'a model of its own');
  }

  private addOne(model: Type<object>, place: string): void {
    if (this.files.has(model)) return;
    if (model.name === VALIDATION_ERROR) {
      throw new Error(
        `has a model named ${VALIDATION_ERROR} (${place}), a name that is reserved for 422 responses: rename it`,
      );
    }
    const other = this.byName.get(model.name) ?? model;
    if (!haveSameSchemas(model, other)) {
      throw new Error(`has two models with the name ${model.name} (${this.files.get(other)}, ${place}): rename one`);
    }
    this.files.set(model, place);
    this.byName.set(model.name, other);
    for (const [name, { type }] of propertiesOf(model)) {
      if (isExcluded(model, name, 'request') && isExcluded(model, name, 'response')) continue;
      const nested = elementType(type);
      if (isModel(nested)) this.addOne(nested, `in ${model.name}.${name}`);
    }
  }
}

/**
 * Whether two classes have the same schemas. A mapped type is a new class each time it is created, so that two uses of
 * `PartialType(Cat)` are not a mistake.
 */
function haveSameSchemas(one: Type<object>, other: Type<object>): boolean {
  return one === other || schemasText(one) === schemasText(other);
}

const schemasText = (model: Type<object>) =>
  JSON.stringify([modelSchema(model, 'request'), modelSchema(model, 'response')]);

function modelSchema(model: Type<object>, direction: Direction): Schema {
  const properties = [...propertiesOf(model)].filter(([name]) => !isExcluded(model, name, direction));
  const required = properties.filter(([, property]) => property.required !== false).map(([name]) => name);
  const plain: Schema = {
    ...schemaMetadata(model),
    type: 'object',
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, toJsonSchema(propertySchema(property))]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(Reflect.getMetadata(DECORATORS.API_EXTENSION, model) as object | undefined),
  };
  return withBounds(completeSchema(model, plain, direction === 'request'));
}

/** Returns the metadata of `@ApiSchema` on the class itself. Nothing is inherited, as in Nest's generator. */
export function schemaMetadata(model: Type<object>): Pick<Schema, 'description'> {
  const said = (Reflect.getOwnMetadata(DECORATORS.API_SCHEMA, model) ?? []) as Pick<Schema, 'description'>[];
  const description = said.at(-1)?.description; // the first ones are those of its base classes
  return description === undefined ? {} : { description };
}

const propertiesOf: (model: Type<object>) => Map<string, PropertyMetadata> = documentedProperties;

/**
 * Returns the type. A function may return it (`type: () => Model`, also from the plugin), so that the class can be
 * declared later.
 */
function resolved(type: unknown): unknown {
  return typeof type === 'function' && type.name === 'type' ? (type as () => unknown)() : type;
}

function elementType(type: unknown): unknown {
  const element = resolved(type);
  return Array.isArray(element) ? elementType(element[0]) : element;
}

const SIMPLE = new Map<unknown, OpenApi30Schema>([
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

/** Returns the schema of a property as Nest's generator creates it. `required` belongs to the model's schema. */
function propertySchema({ type, isArray, enum: values, ...others }: PropertyMetadata): OpenApi30Schema {
  const { required: _required, ...rest } = others;
  const isWritten = type === 'array' && rest.items !== undefined; // as `@ApiProperty({ enum, isArray })` leaves it
  const typed = isWritten ? { type, items: rest.items } : typeSchema(isArray ? [type] : resolved(type));
  const own: OpenApi30Schema = values === undefined ? typed : enumSchema(values, type, isArray);
  return own.type === 'array' ? { ...withoutElementRules(rest), ...own } : { ...rest, ...own };
}

const ELEMENT_RULES = new Set(['minLength', 'maxLength', 'pattern', 'minimum', 'maximum']);

/** Removes rules that apply to the elements of a list and not to the list itself. */
function withoutElementRules(schema: OpenApi30Schema): OpenApi30Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ELEMENT_RULES.has(keyword)));
}

function typeSchema(type: unknown): OpenApi30Schema {
  if (Array.isArray(type)) return { type: 'array', items: typeSchema(resolved(type[0])) };
  if (typeof type === 'string') return { type };
  if (isModel(type)) return { allOf: [{ $ref: refTo(type.name) }] };
  return SIMPLE.get(type) ?? {};
}

function enumSchema(declared: unknown, type: unknown, isArray = false): OpenApi30Schema {
  const given = resolved(declared);
  const values = Array.isArray(given)
    ? given
    : Object.values(given as object).filter((value, _, all) => isEnumValue(value, all));
  const one = { type: typeof values[0] === 'number' ? 'number' : 'string', enum: values };
  return isArray || Array.isArray(resolved(type)) ? { type: 'array', items: one } : one;
}

/** Whether an entry of an enum is a value. The entries of a numeric TypeScript enum include its names. */
const isEnumValue = (value: unknown, all: unknown[]) =>
  typeof value === 'number' || !all.some((one) => typeof one === 'number');

import { inspect } from 'node:util';
import { DATE_TIME, STRING_MAP } from '../validation/fields.js';
import { declaredFields, documentedProperties, hasRule, type Rule, type Type } from '../validation/model-metadata.js';
import { isSecret } from '../validation/secret.js';
import { isExcluded, type Direction } from '../validation/transformations.js';
import { refTo, toJsonSchema, type OpenApi30Schema, type Schema } from './json-schema.js';
import { VALIDATION_ERROR } from './serializable-schema.js';

// DTO classes as JSON Schema, by the metadata of @nestjs/swagger.

/** Builds the JSON Schemas of response models and of the classes nested in them, by name. */
export function responseSchemas(models: Iterable<Type<object>>): Record<string, Schema> {
  return Object.fromEntries(
    [...reachableModels(models)].map(([name, model]) => [name, modelSchema(model, 'response')] as const),
  );
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
 * Whether two classes have the same schemas and rules. A mapped type is a new class each time it is created, so that
 * two uses of `PartialType(Cat)` are not a mistake.
 */
function haveSameSchemas(one: Type<object>, other: Type<object>): boolean {
  return one === other || declarationText(one) === declarationText(other);
}

function declarationText(model: Type<object>): string {
  const rules = declaredFields(model).map((field) => [
    field.name,
    isSecret(model, field.name),
    field.rules.map(({ name, constraints, each }): unknown => [name, constraints, each]),
  ]);
  const complete = { depth: null, maxArrayLength: null, maxStringLength: null };
  return inspect([modelSchema(model, 'request'), modelSchema(model, 'response'), rules], complete);
}

/**
 * Builds the JSON Schema of a DTO class, as requests or as responses have it, without those of its nested classes. Its
 * types determine how a value is serialized. The document adds the rules of its fields (openapi/model-schemas.ts).
 */
export function modelSchema(model: Type<object>, direction: Direction): Schema {
  const rules = new Map(declaredFields(model).map((field) => [field.name, field.rules]));
  const properties = [...propertiesOf(model)].filter(([name]) => !isExcluded(model, name, direction));
  const required = properties.filter(([, property]) => property.required !== false).map(([name]) => name);
  const schemas = properties.map(([name, property]) => {
    const schema = toJsonSchema(propertySchema(property));
    return [name, withTypesOfRules(schema, rules.get(name) ?? [])] as const;
  });
  const own = required.length > 0 ? { required } : {};
  return { type: 'object', properties: Object.fromEntries(schemas), ...own };
}

/** Adds the types that only the rules of a property declare: dictionaries, dates, and the items of lists. */
function withTypesOfRules(schema: Schema, rules: readonly Rule[]): Schema {
  const { own = [], ofItems } = Object.groupBy(rules, ({ each }) => (each ? 'ofItems' : 'own'));
  const typed = withTypeOfRules(schema, own);
  if (ofItems === undefined) return typed;
  const { items = {} } = schema;
  const isTyped = items.type !== undefined || items.$ref !== undefined || items.anyOf !== undefined;
  return { ...typed, items: withTypeOfRules(isTyped ? items : { type: 'string', ...items }, ofItems) };
}

function withTypeOfRules(schema: Schema, rules: readonly Rule[]): Schema {
  if (hasRule(rules, STRING_MAP)) return { ...schema, type: 'object', additionalProperties: { type: 'string' } };
  const isDate = hasRule(rules, DATE_TIME) || hasRule(rules, 'isDate');
  return isDate ? { ...schema, type: schema.type ?? 'string', format: 'date-time' } : schema;
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
  return { ...rest, ...own };
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

import type { Schema, Schemas } from './json-schema.js';

/**
 * Reduces a response schema to the keywords that determine how a value is serialized (no bounds, patterns, examples or
 * defaults), so that ajv and fast-json-stringify can both compile it. Throws an Error for a schema that does not
 * determine exactly how to serialize a value.
 */
export function serializableSchema(schema: Schema, schemas: Schemas): SerializableSchema {
  const reduction = new Reduction(schemas);
  const root = reduction.of(schema);
  return { ...definitionOf(root, reduction.definitions), definitions: reduction.definitions };
}

/** Returns the schema itself, or the definition that it refers to. */
export function definitionOf(schema: Schema, definitions: Schemas): Schema {
  return schema.$ref === undefined ? schema : definitions[lastPart(schema.$ref)]!;
}

const lastPart = (ref: string) => ref.slice(ref.lastIndexOf('/') + 1);

/** A schema that may also have keywords that only one of the libraries knows (see serializer.ts). */
export type SerializableSchema = Schema & Readonly<Record<string, unknown>>;

const SCALARS: Readonly<Record<string, object>> = {
  string: {},
  number: {},
  boolean: {},
  integer: { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
};

/**
 * Returns the schema of a Date: an object for ajv, a string for fast-json-stringify. A new object each time, since ajv
 * adds `null` to the types.
 */
const date = () => ({ type: ['string', 'object'], format: 'date-time', isDate: true });

/** The model of the entries of a 422. They contain input of any type, in which validation has masked secrets. */
export const VALIDATION_ERROR = 'ValidationError';

const ANY_OBJECT: Schema = { type: 'object', additionalProperties: true };

class Reduction {
  readonly definitions: Record<string, SerializableSchema> = {};
  private readonly keys = new Map<string, string>();

  constructor(private readonly schemas: Schemas) {}

  of(schema: Schema, orNull = false): SerializableSchema {
    if (schema.$ref !== undefined) return this.reference(lastPart(schema.$ref), orNull);
    const options = schema.anyOf ?? schema.allOf;
    if (options) {
      const others = options.filter(({ type }) => type !== 'null');
      return this.of(only(others), orNull || others.length < options.length);
    }
    const types = [schema.type ?? []].flat();
    return this.typed(only(types.filter((name) => name !== 'null')), schema, orNull || types.includes('null'));
  }

  /**
   * Returns a reference to a model, which is defined once. Its key is set before its properties are reduced, since a
   * model may contain itself.
   */
  private reference(name: string, orNull: boolean): SerializableSchema {
    const model = name === VALIDATION_ERROR ? ANY_OBJECT : this.schemas[name];
    if (!model) throw new Error(`Unknown schema ${name}`);
    const kind = `${name} ${orNull}`;
    const key = this.keys.get(kind) ?? `model${this.keys.size}`;
    if (!this.keys.has(kind)) {
      this.keys.set(kind, key);
      this.definitions[key] = this.of(model, orNull);
    }
    return { $ref: `#/definitions/${key}` };
  }

  private typed(type: string, schema: Schema, nullable: boolean): SerializableSchema {
    const { enum: values, format } = schema;
    const kind = { type, nullable };
    if (values) return { ...kind, enum: [...new Set(nullable ? [...values, null] : values)] };
    if (type === 'string' && format === 'date-time') return { ...kind, ...date() };
    if (type in SCALARS) return { ...kind, ...SCALARS[type] };
    if (type === 'array') return { ...kind, items: this.of(schema.items ?? {}) };
    if (type === 'object') return { ...kind, hasNoToJson: true, ...this.content(schema) };
    throw new Error(`A response cannot have the type ${type}`);
  }

  private content({ additionalProperties, properties, required = [] }: Schema): SerializableSchema {
    if (additionalProperties === true) return { additionalProperties };
    if (additionalProperties) return { additionalProperties: this.of(additionalProperties) };
    // undeclared properties are omitted, so an object that declares none must be a mistake
    if (properties === undefined) throw new Error('A response object must declare properties');
    const entries = Object.entries(properties).map(([name, property]) => [name, this.of(property)] as const);
    const names = entries.map(([name]) => name);
    return { properties: Object.fromEntries(entries), mustHave: names.filter((name) => required.includes(name)) };
  }
}

function only<T>([one, ...others]: readonly T[]): T {
  if (one === undefined || others.length > 0)
    throw new Error('A response value must have exactly one type, or be null');
  return one;
}

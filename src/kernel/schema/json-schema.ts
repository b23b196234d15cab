/** As much of JSON Schema (2020-12, the dialect of OpenAPI 3.1) as models are described by. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Schemas by the names of their models. */
export type Schemas = Readonly<Record<string, Schema>>;

/** Where the document has the schema of a model. */
export const refTo = (name: string) => `#/components/schemas/${name}`;

/** What the swagger plugin and Nest's generator write: OpenAPI 3.0's dialect. */
export interface LegacySchema {
  nullable?: boolean;
  example?: unknown;
  type?: unknown;
  allOf?: LegacySchema[];
  $ref?: string;
  items?: LegacySchema;
  properties?: Record<string, LegacySchema>;
  [keyword: string]: unknown;
}

/** OpenAPI 3.0's dialect as JSON Schema 2020-12: `nullable` becomes a type, `example` becomes `examples`. */
export function toJsonSchema(given: object): Schema {
  const { nullable, example, allOf, items, properties, type: legacyType, ...rest } = given as LegacySchema;
  const type = legacyType === 'number' ? 'integer' : legacyType; // Aerie counts: there are no fractions in its models
  const schema: Record<string, unknown> = { ...rest, ...(type === undefined ? {} : { type }) };
  if (items) schema['items'] = toJsonSchema(items);
  if (properties) {
    schema['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, toJsonSchema(property)]),
    );
  }
  if (example !== undefined) schema['examples'] = [example];
  if (allOf?.length === 1 && allOf[0]!.$ref !== undefined) {
    delete schema['type'];
    if (nullable) schema['anyOf'] = [{ $ref: allOf[0]!.$ref }, { type: 'null' }];
    else schema['$ref'] = allOf[0]!.$ref;
  } else if (nullable) {
    schema['type'] = [type ?? 'object', 'null'];
  }
  if (Array.isArray(schema['enum']) && schema['type'] === undefined) schema['type'] = 'string';
  return schema;
}

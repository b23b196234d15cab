// JSON Schema (2020-12): the keywords that we use, and the conversion from OpenAPI 3.0.

/** The keywords of JSON Schema (2020-12, the dialect of OpenAPI 3.1) that describe our models. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
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

/** Schemas by the name of their model. */
export type Schemas = Readonly<Record<string, Schema>>;

/** The reference to a model's schema in the OpenAPI document. */
export const refTo = (name: string) => `#/components/schemas/${name}`;

/** A schema in the dialect of OpenAPI 3.0, which the swagger plugin and Nest's generator use. */
export interface OpenApi30Schema {
  nullable?: boolean;
  example?: unknown;
  type?: unknown;
  allOf?: OpenApi30Schema[];
  $ref?: string;
  items?: OpenApi30Schema;
  properties?: Record<string, OpenApi30Schema>;
  [keyword: string]: unknown;
}

/** Converts OpenAPI 3.0's dialect to JSON Schema 2020-12: `nullable` becomes a type, `example` becomes `examples`. */
export function toJsonSchema(given: object): Schema {
  const { nullable, example, allOf, items, properties, type: openApiType, ...rest } = given as OpenApi30Schema;
  const type = openApiType === 'number' ? 'integer' : openApiType; // Aerie's models have only integers
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
    if (Array.isArray(schema['enum'])) schema['enum'] = [...(schema['enum'] as unknown[]), null];
  }
  if (Array.isArray(schema['enum']) && schema['type'] === undefined) schema['type'] = 'string';
  return schema;
}

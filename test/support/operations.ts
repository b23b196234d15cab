import { canBeId } from './id-fields.js';
import { RESOURCES } from './resources.js';
import { isDeclared, undeclared } from './undeclared.js';
import type { Actor } from './world.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly example?: unknown;
  readonly schema: Schema;
}

/** An operation of the document. */
export interface Operation {
  readonly key: string;
  readonly operationId: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, object>>;
  readonly security?: readonly object[];
  /** The state that the subject must be in. */
  readonly 'x-requires'?: {
    readonly status?: readonly ('new' | 'paid' | 'ready')[];
    readonly state?: readonly string[];
  };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, object>>;
  };
}

const document = JSON.parse(openapi) as Document;

const all: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) =>
    Object.assign({}, operation, {
      key: `${method.toUpperCase()} ${path}`,
      method: method as Operation['method'],
      path,
    }),
  ),
);

/**
 * Declarations that are missing in resource files, as sentences. test/sources/resources.e2e-spec.ts fails for them,
 * once for all other tests.
 */
export const UNDECLARED: readonly string[] = undeclared(all, RESOURCES);

/** Every operation of the document whose resource file declares how to call it. */
export const OPERATIONS = all.filter((operation) => isDeclared(operation, RESOURCES));

/** Returns the operations that document this status. */
export const documenting = (status: number) =>
  OPERATIONS.filter(({ responses }) => status in responses).map((operation) => [operation.key, operation] as const);

/** Returns the operation's response for a status, with a reference resolved. */
export function responseOf({ responses }: Operation, status: string): object | undefined {
  const { $ref } = (responses[status] ?? {}) as { $ref?: string };
  return $ref === undefined ? responses[status] : document.components.responses[$ref.split('/').at(-1)!];
}

/** Whether the operation documents this sentence for a 503. */
const mayAnswer = (operation: Operation, sentence: string) =>
  JSON.stringify(responseOf(operation, '503') ?? '').includes(sentence);

export const needsDatabase = (operation: Operation) => mayAnswer(operation, 'The database is not available');
export const mayBeRefused = (operation: Operation) => mayAnswer(operation, 'Server overloaded');

/** Whether the operation returns a list in pages. */
export const isList = ({ method, parameters = [] }: Operation) =>
  method === 'get' && parameters.some(({ name }) => name === 'page');

export const takesKey = ({ parameters = [] }: Operation) => parameters.some(({ name }) => name === 'Idempotency-Key');

/** A request made from the document's examples. */
export interface Sample {
  path: string;
  query: Record<string, unknown>;
  headers: Record<string, string>;
  type: string | undefined;
  body: unknown;
}

export function sampleOf({ path, parameters = [], requestBody }: Operation, ids: Record<string, unknown> = {}): Sample {
  const valueOf = ({ name, example, schema }: Parameter) => ids[name] ?? example ?? exampleOf(schema, name, ids);
  const segments = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(valueOf(parameters.find((parameter) => parameter.name === name)!)),
  );
  const needed = (place: Parameter['in']) =>
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place && parameter.required)
        .map((parameter) => [parameter.name, valueOf(parameter)]),
    );
  const [query, headers] = [needed('query'), needed('header') as Record<string, string>];
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  return { path: segments, query, headers, type, body: media && (media.example ?? exampleOf(media.schema, '', ids)) };
}

const bodyOf = ({ requestBody }: Operation) => Object.values(requestBody?.content ?? {})[0]?.schema ?? {};

/** Returns the schemas of an object's own fields, or undefined if it declares none. */
function modelOf({ $ref, anyOf, properties }: Schema): Schema['properties'] {
  if ($ref !== undefined) return modelOf(document.components.schemas[$ref.split('/').at(-1)!]!);
  return properties ?? anyOf?.map(modelOf).find((model) => model !== undefined);
}

/** Returns the names of the body's fields, at any depth. */
export function fieldsOf(operation: Operation, schema = bodyOf(operation)): string[] {
  const fields = Object.entries(modelOf(schema) ?? {});
  return fields.flatMap(([name, inner]) => [name].concat(fieldsOf(operation, inner)));
}

/** Returns the schemas of the body's top-level fields. */
export const schemasOf = (operation: Operation) => modelOf(bodyOf(operation)) ?? {};

/** Returns the body with these extra fields in every declared object, at any depth. */
export function bodyWith(operation: Operation, body: unknown, extra: object, schema = bodyOf(operation)): unknown {
  const model = modelOf(schema);
  if (model === undefined || typeof body !== 'object' || body === null) return body;
  const named = Object.entries(body).map(([name, value]) => [name, bodyWith(operation, value, extra, model[name])]);
  return { ...(Object.fromEntries(named) as object), ...extra };
}

/** Returns a valid value: the first example, or one made from the examples of its parts. */
function exampleOf(schema: Schema, name: string, ids: Record<string, unknown>): unknown {
  if (name in ids && canBeId(schema, ids[name])) return ids[name];
  if (schema.$ref !== undefined)
    return exampleOf(document.components.schemas[schema.$ref.split('/').at(-1)!]!, '', ids);
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return exampleOf(schema.anyOf[0]!, name, ids);
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([field, property]) => [field, exampleOf(property, field, ids)]),
    );
  }
  const types = new Set([schema.type].flat());
  if (types.has('array')) return [];
  if (types.has('object')) return {};
  if (types.has('boolean')) return true;
  return types.has('integer') ? 1 : '';
}

/** Sends the sample as a request. */
export function send(actor: Actor, operation: Operation, sample: Sample) {
  const { path, query, headers, type, body } = sample;
  const request = actor
    .send(operation.method, path)
    .query(query)
    .set(headers)
    .ok(() => true);
  if (type === undefined || body === undefined) return request;
  return request.type(type).send(body as object | string);
}

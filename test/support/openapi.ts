export interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly examples?: unknown[];
  readonly required?: string[];
  readonly properties?: Record<string, Schema>;
  readonly [keyword: string]: unknown;
}

export interface Media {
  readonly schema?: Schema;
  readonly examples?: Record<string, { value: unknown }>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
}

export interface Answer {
  readonly description: string;
  readonly headers: Record<string, object>;
  readonly content?: Record<string, Media>;
  readonly links?: Record<string, { operationId: string; parameters: Record<string, string> }>;
}

interface Reference {
  readonly $ref: string;
}

interface Described {
  readonly operationId: string;
  readonly tags: string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: Parameter[];
  readonly requestBody?: { content: Record<string, Media> };
  readonly responses: Record<string, Answer | Reference>;
  readonly security?: object[];
}

interface Document {
  readonly openapi: string;
  readonly info: object;
  readonly servers: { url: string }[];
  readonly tags: { name: string; description: string }[];
  readonly paths: Record<string, Record<string, Described>>;
  readonly components: { schemas: Record<string, Schema> };
}

/** The document of the application under test. */
export const document = JSON.parse(openapi) as Document;

export interface Operation extends Omit<Described, 'responses'> {
  /** The responses by status, with references resolved. */
  readonly responses: Record<string, Answer>;
  readonly path: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly name: string;
}

export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) =>
    Object.assign({}, described, {
      responses: resolved(described.responses),
      path,
      method: method as Operation['method'],
      name: `${method} ${path}`,
    }),
  ),
);

function resolved(responses: Described['responses']): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(responses).map(([status, one]) => [status, '$ref' in one ? (resolve(one.$ref) as Answer) : one]),
  );
}

/** Yields every object in the document with its path. */
export function* objects(value: unknown, at = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [key, item] of Object.entries(value)) yield* objects(item, `${at}/${key}`);
}

/** Returns the target of a local `$ref`, or undefined if it does not exist. */
export function resolve(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

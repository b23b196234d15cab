import type { AccessRule } from '../access/access.js';
import type { VersionedEntity } from '../database/versioned.js';
import type { NamedError } from '../errors/app-error.js';
import type { Type } from '../validation/validate.js';

/** Where one argument of a handler comes from. */
export type Input =
  | PathInput
  | QueryInput
  /** A body that the handler reads itself, with an example for each of its media types. */
  | { readonly from: 'upload'; readonly media: Readonly<Record<string, string>> }
  | ModelInput;

/** One parameter of the path. `missing` is the answer to an id that no row can have. */
export interface PathInput {
  readonly from: 'path';
  readonly name: string;
  readonly is: 'integer' | 'uuid' | 'text';
  readonly missing?: NamedError<[string]>;
  /** Whether the handler's own pipes have the last word on it. */
  readonly piped?: boolean;
}

/** One parameter of the query. `is` undefined: the handler's own pipes check it. */
export interface QueryInput {
  readonly from: 'query value';
  readonly name: string;
  readonly is?: 'integer' | 'boolean' | 'text';
  readonly required: boolean;
}

/** All parameters of the path or the query, or a body, as a DTO. */
export interface ModelInput {
  readonly from: 'path model' | 'query' | 'body' | 'form' | 'embedded';
  readonly model: Type<object>;
  readonly optional: boolean;
  /** Of the query: the fields that take lists. */
  readonly lists?: readonly string[];
  /** Of a form: what is taken in the place of the model where a field has one of these values. */
  readonly variants?: Variants;
  /** Whether a pipe of the handler's own checks it: the handler's pipe gets what was sent. */
  readonly piped?: boolean;
}

/** Models of one body, told apart by the value of the field `by`. */
export interface Variants {
  readonly by: string;
  readonly models: Readonly<Record<string, Type<object>>>;
}

/** What a documented route takes and gives: one object per handler, made once from its metadata. */
export interface Contract {
  /** The operation's id in the document (OperationIds). */
  readonly operationId: string;
  /** Whose contract it is, by the names of the class and its method. */
  readonly handler: { readonly controller: string; readonly name: string };
  /** The path that controller and handler declare, without any prefix: `/orders/:order_id`. */
  readonly path: string;
  /** Path, query, body; within each as declared. */
  readonly inputs: readonly Input[];
  readonly returns: Returned;
  readonly access: AccessRule;
  /** Whether it only reads. */
  readonly safe: boolean;
  /** Whose row the path names, where its GET shows a versioned one: what preconditions are about. */
  readonly resource: VersionedEntity | undefined;
  /** Whether the answer carries the entity tag of what it shows. */
  readonly tagged: boolean;
  /** Whether its address shows each caller another row: `/profile`. */
  readonly personal: boolean;
  /** Whether the body is a change, which may come as a merge patch (RFC 7396). */
  readonly mergeable: boolean;
  /** Whether requests may have idempotency keys. */
  readonly takesIdempotencyKey: boolean;
  /** Whether parameters have pipes of their own, which refuse by a 400. */
  readonly ownPipes: boolean;
  /** Whether the handler writes the answer itself, by `@Res()`. */
  readonly writesItself: boolean;
  /** Writes the body as JSON, by the declared model. Throws ResponseModelError. Compiled at its first use. */
  readonly serialize: (body: unknown) => string;
}

/** The declared answer. `model` undefined: no body (204), or `media` other than JSON. */
export interface Returned {
  readonly model: Type<object> | undefined;
  readonly many: boolean;
  readonly status: number;
  readonly errors: readonly NamedError[];
  /** Examples of such a body by its media type. */
  readonly media?: Readonly<Record<string, string>>;
  /** The same of media types that only who names them gets, and that the document names in words. */
  readonly onRequest?: Readonly<Record<string, string>>;
  /** Whether parts of such a body can be asked for (RFC 9110 §14). */
  readonly ranges: boolean;
  readonly headers: Readonly<Record<string, AnswerHeader>>;
  readonly links: Readonly<Record<string, Link>>;
  /** Whether it works without the database. */
  readonly offline: boolean;
  /** Whether the answer tells a secret. */
  readonly secret: boolean;
  /** Whether errors also carry `error`, for clients of OAuth 2. */
  readonly oauth: boolean;
  /** Whether it is refused without `If-Match` (428). */
  readonly onlyIfMatch: boolean;
  /** Never refused and never made to wait when the process has more to do than it can. */
  readonly vital: boolean;
}

/** A response header: what it says, or that and more about its values. */
export type AnswerHeader =
  | string
  | { readonly description: string; readonly values?: readonly string[]; readonly required: boolean };

/** An OpenAPI link: the operation that comes next and where its parameters are found in this answer. */
export interface Link {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A path that ends with the id of what it names: `/items/:item_id`. */
export const NAMED_BY_ID = /:(?:\w+_)?id$/;

/** Whether what the path names has an entity tag, so that preconditions are about it: a row's, or a stored file's. */
export function isConditional({ resource, returns }: Pick<Contract, 'resource' | 'returns'>): boolean {
  return resource !== undefined || returns.ranges;
}

/** The input that is the request's body, if the route takes one. */
export function bodyInput({ inputs }: Pick<Contract, 'inputs'>): Exclude<Input, PathInput | QueryInput> | undefined {
  return inputs.find((input) => IN_BODY.has(input.from)) as ReturnType<typeof bodyInput>;
}

/** The DTOs of the request's body: none, one, or several that are told apart. */
export function bodyModels(contract: Pick<Contract, 'inputs'>): Type<object>[] {
  const input = bodyInput(contract);
  return input && 'model' in input ? modelsOf(input) : [];
}

/** The model of an input, and those in its place. */
export const modelsOf = ({ model, variants }: ModelInput) => [model, ...Object.values(variants?.models ?? {})];

/** The DTO of the whole query, if the route takes one. */
export function queryModel({ inputs }: Pick<Contract, 'inputs'>): Type<object> | undefined {
  const input = inputs.find(({ from }) => from === 'query');
  return input && 'model' in input ? input.model : undefined;
}

/** Whether a pipe of the handler's own checks a whole object. */
export function isPipedModel(input: Input): input is ModelInput & { readonly piped: true } {
  return 'model' in input && input.piped === true;
}

const IN_BODY: ReadonlySet<Input['from']> = new Set(['body', 'form', 'embedded', 'upload']);

/** What only the HTTP layer knows of a request. */
declare module '../context/request-context.js' {
  interface RequestContext {
    /** Of a documented route, once Express has found it. */
    contract?: Contract | undefined;
    inputs?: ReadonlyMap<Input, unknown> | undefined;
    /** The path under which the client sees this application: '' where it is the root. */
    prefix?: string;
    /** Answers it with an error, when it takes too long. */
    fail?: ((error: Error) => void) | undefined;
    /** When its answer must have begun. */
    deadline?: NodeJS.Timeout | undefined;
    /** Releases the request's slot in admission control. Called when the head of the response is written, or none will be. */
    releaseSlot?: (() => void) | undefined;
    /** A handler is at work. */
    isHandled?: boolean;
    /** The answer that is written is one that a serializer or the exception filter has made. */
    isDeclared?: boolean;
    /** `X-Request-ID` and the time headers as a flat list of names and values. Set when the handler has finished. */
    timeHeaders?: string[] | undefined;
  }
}

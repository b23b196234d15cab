import type { Request } from 'express';
import type { AccessRule } from '../access/access.js';
import type { VersionedEntity } from '../database/versioned.js';
import type { NamedError } from '../errors/app-error.js';
import type { FieldError } from '../errors/validation-failed.js';
import type { Type } from '../validation/model-metadata.js';
import type { RawInputs } from './raw-inputs.js';

// Contracts: the inputs and responses of documented routes, read from the metadata of their handlers.

/** The source of a handler's argument. */
export type Input =
  | PathInput
  | QueryInput
  /** A body that the handler reads as a stream, with an example for each media type. */
  | { readonly from: 'upload'; readonly media: Readonly<Record<string, string>> }
  | ModelInput;

/** A path parameter. `notFound` creates the 404 for an id that no row can have. */
export interface PathInput {
  readonly from: 'path';
  readonly name: string;
  readonly type: 'integer' | 'uuid' | 'text';
  readonly notFound?: NamedError<[string]>;
  /** Whether pipes of the handler convert it afterwards. */
  readonly piped?: boolean;
}

/** A query parameter. If `type` is undefined, pipes of the handler validate it. */
export interface QueryInput {
  readonly from: 'query value';
  readonly name: string;
  readonly type?: 'integer' | 'boolean' | 'text';
  readonly required: boolean;
  /** Whether a DefaultValuePipe replaces a missing value. */
  readonly hasDefault?: boolean;
}

/** A DTO: the body, or all parameters of the path or the query. */
export interface ModelInput {
  readonly from: 'path model' | 'query' | 'body' | 'form' | 'embedded';
  readonly model: Type<object>;
  readonly optional: boolean;
  /** For a query: the fields that accept lists. */
  readonly lists?: readonly string[];
  /** For a form: models that replace `model` if a field has one of these values. */
  readonly variants?: Variants;
  /** Whether a pipe of the handler validates it. It gets the value as sent. */
  readonly piped?: boolean;
}

/** Models of one body, selected by the value of the field `by`. */
export interface Variants {
  readonly by: string;
  readonly models: Readonly<Record<string, Type<object>>>;
}

/** The contract of a documented route. There is one object per handler, which never changes. */
export interface Contract {
  /** The `operationId` in the OpenAPI document. */
  readonly operationId: string;
  /** The names of the controller's class and of its method. */
  readonly handler: { readonly controller: string; readonly name: string };
  /** The path that controller and handler declare, without a global prefix: `/orders/:order_id`. */
  readonly path: string;
  /** The host and the versions by which requests select among handlers of the same path. */
  readonly selector: string | undefined;
  /** In the order path, query, body; within each, as declared. */
  readonly inputs: readonly Input[];
  readonly rawInputs: RawInputs;
  readonly returns: ResponseContract;
  readonly access: AccessRule;
  /** Whether the method is GET. Its preconditions are checked with its response, those of writes in the database. */
  readonly isGet: boolean;
  /** The entity that the path identifies, if it has versions. Preconditions apply to its row. */
  readonly resource: VersionedEntity | undefined;
  /** Whether the response has an `ETag`. */
  readonly hasEntityTag: boolean;
  /** Whether the same URL shows each caller another row: `/profile`. */
  readonly variesByCaller: boolean;
  /** Whether the body may be a merge patch (RFC 7396). */
  readonly acceptsMergePatch: boolean;
  /** Whether the body may be a multipart form. */
  readonly takesMultipart: boolean;
  /** Whether `Idempotency-Key` is supported, for the methods in IDEMPOTENCY_KEY_METHODS. */
  readonly takesIdempotencyKey: boolean;
  /** Whether parameters have other pipes, which may respond with 400. */
  readonly hasOwnPipes: boolean;
  /** Whether the handler writes the response itself, with `@Res()`. */
  readonly writesResponse: boolean;
  /** Serializes the body by the response model. Throws ResponseModelError. */
  readonly serialize: (body: unknown) => string;
}

/** The declared response. Without a `model` there is no body (204), or one of the types in `media`. */
export interface ResponseContract {
  readonly model: Type<object> | undefined;
  /** Whether the body is an array of models. */
  readonly isArray: boolean;
  readonly status: number;
  /** The errors that the handler may throw, in addition to those of validation and access. */
  readonly errors: readonly NamedError[];
  /** Examples of the body by media type. */
  readonly media?: Readonly<Record<string, string>>;
  /**
   * The same for media types that clients must request explicitly. They are not part of the operation's content, since
   * some generated clients would request a type that they cannot read. Mention them in the doc-comment.
   */
  readonly mediaOnRequest?: Readonly<Record<string, string>>;
  /** Whether range requests are supported (RFC 9110 §14). */
  readonly ranges: boolean;
  /** Headers of the successful response, in addition to the standard ones. */
  readonly headers: Readonly<Record<string, ResponseHeader>>;
  readonly links: Readonly<Record<string, Link>>;
  /** Whether the route works without the database. */
  readonly withoutDatabase: boolean;
  /** Whether the response contains a secret. It is never stored, so the route does not support idempotency keys. */
  readonly secret: boolean;
  /** Returns the code that errors have in `error`, in addition to `detail`. */
  readonly errorCode?: ErrorCode;
  /** Whether requests without `If-Match` get 428 (RFC 6585): for writes that could overwrite concurrent changes. */
  readonly requiresIfMatch: boolean;
  /** Whether admission control never refuses or delays it: for monitoring endpoints. */
  readonly alwaysAdmitted: boolean;
}

/** Returns the error code of a failed request in the terms of another standard, such as OAuth 2; undefined for none. */
export type ErrorCode = (
  request: Request,
  status: number,
  detail: string | readonly FieldError[],
) => string | undefined;

/** A response header: its description, or details. */
export type ResponseHeader =
  | string
  | { readonly description: string; readonly values?: readonly string[]; readonly required: boolean };

/** An OpenAPI link: a following operation, and runtime expressions for its parameters. */
export interface Link {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The methods whose requests may have an `Idempotency-Key`. DELETE only with `@All()`, whose handler may do anything. */
export const IDEMPOTENCY_KEY_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A path that ends with an id: `/items/:item_id`, `/items/:itemId`. */
export const ENDS_WITH_ID = /:(?:(?:\w+_)?id|\w+Id)$/;

/** Whether preconditions apply: the path identifies a versioned row or a stored file. */
export function isConditional({ resource, returns }: Pick<Contract, 'resource' | 'returns'>): boolean {
  return resource !== undefined || returns.ranges;
}

/** Returns the input that reads the body, if there is one. */
export function bodyInput({ inputs }: Pick<Contract, 'inputs'>): Exclude<Input, PathInput | QueryInput> | undefined {
  return inputs.find((input) => IN_BODY.has(input.from)) as ReturnType<typeof bodyInput>;
}

/** Whether the handler may read a body that no input describes, with `@RawBody` or `@Req`. */
export function readsBodyItself(contract: Pick<Contract, 'inputs' | 'rawInputs'>): boolean {
  return contract.rawInputs.body !== 'none' && bodyInput(contract) === undefined;
}

/** Returns the DTOs of the body: none, one, or several variants. */
export function bodyModels(contract: Pick<Contract, 'inputs'>): Type<object>[] {
  const input = bodyInput(contract);
  return input && 'model' in input ? modelsOf(input) : [];
}

/** The model of an input, and its variants. */
export const modelsOf = ({ model, variants }: ModelInput) => [model, ...Object.values(variants?.models ?? {})];

/** Returns the DTO of the query, if there is one. */
export function queryModel({ inputs }: Pick<Contract, 'inputs'>): Type<object> | undefined {
  const input = inputs.find(({ from }) => from === 'query');
  return input && 'model' in input ? input.model : undefined;
}

/** Whether the input is a DTO that a pipe of the handler validates. */
export function isPipedModel(input: Input): input is ModelInput & { readonly piped: true } {
  return 'model' in input && input.piped === true;
}

const IN_BODY: ReadonlySet<Input['from']> = new Set(['body', 'form', 'embedded', 'upload']);

declare module '../context/request-context.js' {
  interface RequestContext {
    /** The contract of a documented route. Set when Express has found the route. */
    contract?: Contract | undefined;
    /** The validated values of the inputs, once there are any. */
    inputs?: ReadonlyMap<Input, unknown> | undefined;
    /** The path and query by which the request is routed: normalized, unlike `request.originalUrl`. */
    url?: string | undefined;
    /** The path prefix under which the client sees this application; '' for the root. */
    prefix?: string;
    /** Passes an error to Express: after the deadline, or for a response that is not declared. */
    fail?: ((error: Error) => void) | undefined;
    /** The timer of the deadline. */
    deadline?: NodeJS.Timeout | undefined;
    /**
     * Releases the request's slot in admission control. Called when the head of the response is written, or none will
     * be.
     */
    releaseSlot?: (() => void) | undefined;
    /** Whether a handler is running. */
    isHandlerRunning?: boolean;
    /** Whether the response comes from the serializer or the exception filter. */
    isDeclared?: boolean;
    /** `X-Request-ID` and the time headers as a flat list of names and values. Set when the handler has finished. */
    timeHeaders?: string[] | undefined;
    /** `RateLimit` and `RateLimit-Policy`, as such a list. */
    rateLimitHeaders?: readonly string[] | undefined;
  }
}

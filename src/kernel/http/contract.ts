import type { EntityManager } from 'typeorm';
import type { NamedError } from '../errors/app-error.js';
import type { Type } from '../validation/validate.js';
import type { VersionedEntity } from '../database/versioned.js';

/** Where one argument of a handler comes from. An upload has examples by its media types. */
export type Input =
  | {
      readonly from: 'path';
      readonly name: string;
      readonly is: 'integer' | 'uuid';
      readonly missing: NamedError<[string]>;
      readonly example: number | string;
    }
  | { readonly from: 'upload'; readonly media: Readonly<Record<string, string>> }
  | { readonly from: 'query' | 'body' | 'form' | 'embedded'; readonly model: Type<object>; readonly optional: boolean };

/** What a route takes and gives: one object per handler, read by the adapter, the validation pipe and the OpenAPI document. */
export interface Contract {
  /** Path, query, body; within each as declared. */
  readonly inputs: Input[];
  returns?: Returned;
  /** Compiled from the served document at start. */
  serialize?: (body: unknown) => string;
  /** Whose row the path names, where its GET shows a versioned one: what preconditions are about. Found at start. */
  resource?: VersionedEntity;
  /** Whether the answer carries the entity tag of what it shows. Found at start. */
  tagged?: boolean;
  /** Whether requests may have idempotency keys. Found at start. */
  keyed?: boolean;
}

/** The declared answer. `model` undefined: no body (204), or `media` other than JSON, which the handler writes itself. */
export interface Returned {
  readonly model: Type<object> | undefined;
  readonly many: boolean;
  readonly status: number;
  readonly errors: readonly NamedError[];
  /** Examples of such a body by its media type. */
  readonly media?: Readonly<Record<string, string>>;
  /** Whether parts of such a body can be asked for (RFC 9110 §14). */
  readonly ranges: boolean;
  readonly headers: Readonly<Record<string, AnswerHeader>>;
  readonly links: Readonly<Record<string, Link>>;
  /** Whether it works without the database. */
  readonly offline: boolean;
  /** Whether the answer tells a secret. */
  readonly secret: boolean;
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

/** Whether what the path names has an entity tag, so that preconditions are about it: a row's, or a stored file's. */
export function isConditional({ resource, returns }: Contract): boolean {
  return resource !== undefined || returns!.ranges;
}

/** What only the HTTP layer knows of a request. */
declare module '../context/request-context.js' {
  interface RequestContext {
    contract?: Contract;
    inputs?: ReadonlyMap<Input, unknown>;
    keyed?: Keyed | undefined;
    /** Answers it with an error, when it takes too long. */
    fail?: (error: Error) => void;
  }
}

/** A request that has an idempotency key: whatever happens, it happens once (kernel/idempotency/keyed-request.ts). */
export interface Keyed {
  recall(): Promise<void>;
  run<T>(db: EntityManager, work: (tx: EntityManager) => Promise<T>): Promise<T>;
  settle(answer: { status: number; headers: readonly string[]; body: string | undefined }): Promise<void>;
  refused(error: unknown): Promise<unknown>;
}

const CONTRACT = 'aerie:contract';

/** The contract of a handler, or of Nest's wrapper of it (which carries the handler's metadata). */
export function contractOf(handler: object): Contract | undefined {
  return Reflect.getMetadata(CONTRACT, handler) as Contract | undefined;
}

/** For decorators: the contract to write to, made at the first call. */
export function contractFor(target: object, key: string | symbol): Contract {
  const handler = (target as Record<string | symbol, object>)[key]!;
  const contract = contractOf(handler) ?? { inputs: [] };
  Reflect.defineMetadata(CONTRACT, contract, handler);
  return contract;
}

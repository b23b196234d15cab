import { HttpCode, SetMetadata, type StreamableFile } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import type { Observable } from 'rxjs';
import type { Page } from '../database/page.js';
import type { NamedError } from '../errors/app-error.js';
import type { Type } from '../validation/validate.js';
import type { ResponseWithHeaders } from './response-with-headers.js';
import type { AnswerHeader, Link, Returned } from './contract.js';
import { FILE_HEADERS, rangeNotSatisfiable } from './send-file.js';

interface ReturnsOptions {
  /** Without it: that of `@HttpCode`, or 200. */
  status?: number;
  /** The errors that the handler may give beside those of validation and access. */
  errors?: readonly NamedError[];
  /** Response headers of the success beside those of every answer. */
  headers?: Readonly<Record<string, AnswerHeader>>;
  links?: Readonly<Record<string, Link>>;
  /** True for a route that asks no database, so that it cannot miss it. */
  offline?: boolean;
  /** True for an answer that tells a secret, which is never stored: its route takes no idempotency keys. */
  secret?: boolean;
  /** True for a token endpoint: its errors also carry `error` for clients of OAuth 2 (RFC 6749). */
  oauth?: boolean;
  /** True for a write that would undo what others have changed meanwhile: it is refused without `If-Match` (428, RFC 6585). */
  onlyIfMatch?: boolean;
  /** True for what watches over the process: it is answered whatever the load. */
  vital?: boolean;
}

type Model<T> = abstract new (...args: never[]) => T;
type MethodOf<H> = <K extends H>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<K>) => void;
type Gives<T> = (
  ...args: never[]
) => T | ResponseWithHeaders<T> | Promise<T | ResponseWithHeaders<T>> | Observable<T | ResponseWithHeaders<T>>;

/**
 * The response model of a route: what leaves is exactly this class's declared fields, under this status. The compiler
 * refuses a handler whose result is not assignable to the model; a missing or wrong required field at run time is a
 * logged 500. A documented route without it does not start.
 */
export function Returns<T extends object>(
  model: readonly [Model<T>],
  options?: ReturnsOptions,
): MethodOf<Gives<readonly T[] | Page<T>>>;
export function Returns<T extends object>(model: Model<T>, options?: ReturnsOptions): MethodOf<Gives<T>>;
export function Returns(model: Model<object> | readonly [Model<object>], options: ReturnsOptions = {}) {
  const many = Array.isArray(model);
  return declare({ ...options, model: (many ? model[0] : model) as Type<object>, many });
}

/** A route that answers 204 without a body. */
export function ReturnsNothing(options: Omit<ReturnsOptions, 'status'> = {}): MethodOf<Gives<void>> {
  return declare({ ...options, status: 204, model: undefined, many: false });
}

type MediaExamples = Readonly<Record<string, string>>;

interface MediaOptions extends ReturnsOptions {
  /**
   * More media types, which only who names them gets. They are no part of the operation's content: of several types some
   * generated clients ask for one that they cannot read. The doc-comment tells of them.
   */
  onRequest?: MediaExamples;
}

/**
 * A route that answers in one of these media types, each with an example: the handler writes the body itself by `@Res()`,
 * or returns a `StreamableFile`.
 */
export function ReturnsMedia(media: MediaExamples, options: MediaOptions = {}): MethodOf<Gives<void | StreamableFile>> {
  return declare({ ...options, model: undefined, many: false, media });
}

/** The same of a stored file, which sendFile() writes: clients can ask for parts of it. */
export function ReturnsFile(
  media: MediaExamples,
  { errors = [], headers = {}, ...options }: ReturnsOptions = {},
): MethodOf<Gives<void>> {
  return declare({
    ...options,
    errors: [...errors, rangeNotSatisfiable],
    headers: { ...headers, ...FILE_HEADERS },
    model: undefined,
    many: false,
    media,
    ranges: true,
  });
}

/** What a handler's decorator says. Its status is the one that Nest will set (`@HttpCode`). */
export type Declared = Omit<Returned, 'status'>;

const RETURNS = 'aerie:returns';

/** What `@Returns` or one of its kind says of a handler. */
export const declaredAnswer = (handler: object) => Reflect.getMetadata(RETURNS, handler) as Declared | undefined;

type Body = Pick<Returned, 'model' | 'many' | 'media' | 'onRequest'> & Partial<Pick<Returned, 'ranges'>>;

/** What most handlers leave unsaid. */
export const DEFAULTS = {
  errors: [],
  headers: {},
  links: {},
  offline: false,
  secret: false,
  oauth: false,
  onlyIfMatch: false,
  vital: false,
  ranges: false,
} as const;

function declare({ status, ...given }: ReturnsOptions & Body): MethodDecorator {
  return (target, key, descriptor) => {
    SetMetadata(RETURNS, { ...DEFAULTS, ...given })(target, key, descriptor);
    const before = Reflect.getMetadata(HTTP_CODE_METADATA, descriptor.value as object) as number | undefined;
    HttpCode(status ?? before ?? 200)(target, key, descriptor);
  };
}

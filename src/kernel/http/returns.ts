import { HttpCode, SetMetadata, type StreamableFile } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import type { Observable } from 'rxjs';
import type { Page } from '../database/page.js';
import type { Type } from '../validation/model-metadata.js';
import type { ResponseWithHeaders } from './response-with-headers.js';
import type { ResponseContract } from './contract.js';

// Decorators that declare the response of a documented route: @Returns, @ReturnsNothing, @ReturnsMedia.

/** The optional parts of a declaration. The status is by default that of `@HttpCode`, or 200. */
type ReturnsOptions = Partial<Omit<ResponseContract, 'model' | 'isArray' | 'media' | 'mediaOnRequest' | 'ranges'>>;

type Model<T> = abstract new (...args: never[]) => T;
type MethodOf<H> = <K extends H>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<K>) => void;
type Gives<T> = (
  ...args: never[]
) => T | ResponseWithHeaders<T> | Promise<T | ResponseWithHeaders<T>> | Observable<T | ResponseWithHeaders<T>>;

/**
 * Declares the response model of a route: the response has exactly the declared fields of the class. A handler whose
 * result is not assignable to it does not compile; a missing or wrong field at run time is a logged 500. Documented
 * routes need it.
 */
export function Returns<T extends object>(
  model: readonly [Model<T>],
  options?: ReturnsOptions,
): MethodOf<Gives<readonly T[] | Page<T>>>;
export function Returns<T extends object>(model: Model<T>, options?: ReturnsOptions): MethodOf<Gives<T>>;
export function Returns(model: Model<object> | readonly [Model<object>], options: ReturnsOptions = {}) {
  const isArray = Array.isArray(model);
  return declare({ ...options, model: (isArray ? model[0] : model) as Type<object>, isArray });
}

/** Declares a 204 response. */
export function ReturnsNothing(options: Omit<ReturnsOptions, 'status'> = {}): MethodOf<Gives<void>> {
  return declare({ ...options, status: 204, model: undefined, isArray: false });
}

type MediaExamples = NonNullable<ResponseContract['media']>;
type MediaOptions = ReturnsOptions & Partial<Pick<ResponseContract, 'mediaOnRequest' | 'ranges'>>;

/**
 * Declares a response in one of these media types, with an example of each: the handler writes it with `@Res()`, or
 * returns a `StreamableFile`.
 */
export function ReturnsMedia(media: MediaExamples, options: MediaOptions = {}): MethodOf<Gives<void | StreamableFile>> {
  return declare({ ...options, model: undefined, isArray: false, media });
}

/** The declaration of a handler. The status is in the metadata of `@HttpCode`. */
export type DeclaredResponse = Omit<ResponseContract, 'status'>;

const RETURNS = 'aerie:returns';

/** Returns the declaration of a handler. */
export const declaredResponseOf = (handler: object) =>
  Reflect.getMetadata(RETURNS, handler) as DeclaredResponse | undefined;

export const DEFAULTS = {
  errors: [],
  headers: {},
  links: {},
  withoutDatabase: false,
  secret: false,
  requiresIfMatch: false,
  alwaysAdmitted: false,
  ranges: false,
} as const;

function declare({
  status,
  ...given
}: MediaOptions & Pick<ResponseContract, 'model' | 'isArray' | 'media'>): MethodDecorator {
  return (target, key, descriptor) => {
    SetMetadata(RETURNS, { ...DEFAULTS, ...given })(target, key, descriptor);
    const before = Reflect.getMetadata(HTTP_CODE_METADATA, descriptor.value as object) as number | undefined;
    HttpCode(status ?? before ?? 200)(target, key, descriptor);
  };
}

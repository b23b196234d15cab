import { METHOD_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';
import { DECORATORS } from '@nestjs/swagger';
import type { Type } from '../validation/validate.js';

/** The class of a controller, or of a gateway. */
export interface Controller {
  readonly name: string;
  readonly prototype: object;
}

/** What decorators say of one parameter of a handler. */
export interface Parameter {
  readonly index: number;
  readonly type: RouteParamtypes | 'custom';
  /** The decorator's first argument: a name, or what a custom decorator was given. */
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  /** The type that TypeScript has written down; undefined for a class compiled without it. */
  readonly metatype: Type<object> | undefined;
  /** Whether the document says that it may be absent: by `@ApiQuery`, which the compiler's plugin writes as well. */
  readonly optional: boolean;
}

type Method = [name: string, method: object];

const SCANNER = new MetadataScanner();

/** The methods of a class, inherited ones, too. */
export function methodsOf({ prototype }: Controller): Method[] {
  return SCANNER.getAllMethodNames(prototype).map((name) => [name, Reflect.get(prototype, name) as object]);
}

/** Those that routes lead to. */
export function handlersOf(controller: Controller): Method[] {
  return methodsOf(controller).filter(([, method]) => Reflect.hasMetadata(METHOD_METADATA, method));
}

/** Those that are in the document, and so have contracts. */
export function documentedHandlersOf(controller: Controller): Method[] {
  return handlersOf(controller).filter(([, handler]) => !isExcluded(controller, handler));
}

/** Whether a route is left out of the document, so that it is plain Nest. */
function isExcluded(controller: Controller, handler: object): boolean {
  const ofController = Reflect.getMetadata(DECORATORS.API_EXCLUDE_CONTROLLER, controller) as [boolean] | undefined;
  const ofHandler = Reflect.getMetadata(DECORATORS.API_EXCLUDE_ENDPOINT, handler) as { disable: boolean } | undefined;
  return ofController?.[0] === true || ofHandler?.disable === true;
}

/** The decorated parameters of a method, in their order. */
export function parametersOf(controller: Controller, [name, method]: Method): Parameter[] {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) as
    | Record<string, Omit<Parameter, 'type' | 'metatype' | 'optional'>>
    | undefined;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, name) ?? []) as Parameter['metatype'][];
  const optional = optionalQueries(method);
  return Object.entries(args ?? {})
    .map(([key, given]): Parameter => {
      const type = typeOf(key);
      const isOptional = type === RouteParamtypes.QUERY && optional.has(given.data);
      return Object.assign({ type, metatype: types[given.index], optional: isOptional }, given);
    })
    .toSorted((a, b) => a.index - b.index);
}

/** The parameters of the query that the document says may be absent. */
function optionalQueries(handler: object): ReadonlySet<unknown> {
  const said = (Reflect.getMetadata(DECORATORS.API_PARAMETERS, handler) ?? []) as Record<string, unknown>[];
  return new Set(said.flatMap((one) => (one['in'] === 'query' && one['required'] === false ? [one['name']] : [])));
}

const KINDS = Object.values(RouteParamtypes).filter((kind) => typeof kind === 'number');

/** The key of a parameter begins with its kind; those of custom decorators have none. */
function typeOf(key: string): Parameter['type'] {
  const [kind] = key.split(':');
  return KINDS.find((one) => String(one) === kind) ?? 'custom';
}

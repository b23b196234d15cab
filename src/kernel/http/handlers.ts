import { METHOD_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner } from '@nestjs/core';
import { DECORATORS } from '@nestjs/swagger';
import type { Type } from '../validation/model-metadata.js';

// Reads what Nest's decorators say of handlers and their parameters.

/** The class of a controller or a gateway. */
export interface Controller {
  readonly name: string;
  readonly prototype: object;
}

/** A decorated parameter of a handler. */
export interface Parameter {
  readonly index: number;
  readonly type: RouteParamtypes | 'custom';
  /** The first argument of the decorator, such as a name. */
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  /** The Standard Schema of `@Body({ schema })`. */
  readonly schema?: unknown;
  /** The type that the compiler has emitted (`design:paramtypes`), if any. */
  readonly metatype: Type<object> | undefined;
  /** Whether `@ApiQuery`, also as added by the compiler plugin, declares it as optional. */
  readonly optional: boolean;
}

export type Method = [name: string, method: object];

const SCANNER = new MetadataScanner();

/** Returns the methods of a class, including inherited ones. */
export function methodsOf({ prototype }: Controller): Method[] {
  return SCANNER.getAllMethodNames(prototype).map((name) => [name, Reflect.get(prototype, name) as object]);
}

/** Returns the methods that are handlers of routes. */
export function handlersOf(controller: Controller): Method[] {
  return methodsOf(controller).filter(([, method]) => Reflect.hasMetadata(METHOD_METADATA, method));
}

/** Returns the handlers that are in the document, and so have contracts. */
export function documentedHandlersOf(controller: Controller): Method[] {
  return handlersOf(controller).filter(([, handler]) => !isExcluded(controller, handler));
}

function isExcluded(controller: Controller, handler: object): boolean {
  const ofController = Reflect.getMetadata(DECORATORS.API_EXCLUDE_CONTROLLER, controller) as [boolean] | undefined;
  const ofHandler = Reflect.getMetadata(DECORATORS.API_EXCLUDE_ENDPOINT, handler) as { disable: boolean } | undefined;
  return ofController?.[0] === true || ofHandler?.disable === true;
}

/** Returns the decorated parameters of a method, in their order. */
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

/** Returns the decorated parameters of a handler; none if it is not a method of the class. */
export function parametersOfMethod(controller: Controller, handler: object): Parameter[] {
  const method = methodsOf(controller).find(([, one]) => one === handler);
  return method ? parametersOf(controller, method) : [];
}

function optionalQueries(handler: object): ReadonlySet<unknown> {
  const documented = (Reflect.getMetadata(DECORATORS.API_PARAMETERS, handler) ?? []) as Record<string, unknown>[];
  return new Set(
    documented.flatMap((one) => (one['in'] === 'query' && one['required'] === false ? [one['name']] : [])),
  );
}

const KINDS = Object.values(RouteParamtypes).filter((kind) => typeof kind === 'number');

/** The key of a parameter in Nest's metadata begins with its type, unless its decorator is a custom one. */
function typeOf(key: string): Parameter['type'] {
  const [kind] = key.split(':');
  return KINDS.find((one) => String(one) === kind) ?? 'custom';
}

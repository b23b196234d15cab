import {
  Injectable,
  ParseArrayPipe,
  StandardSchemaValidationPipe,
  ValidationPipe,
  type ArgumentMetadata,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { PIPES_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ApplicationConfig } from '@nestjs/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observable } from 'rxjs';
import { perHandler } from '../common/per-handler.js';
import { currentContext, type RequestContext } from '../context/request-context.js';
import { parametersOfMethod, type Controller, type Parameter } from './handlers.js';

// Validation pipes of features and of the application. The kernel's pipe does not validate their parameters.

/** Nest's pipes that validate whole objects. The kernel's pipe passes them the value as it was sent. */
const OBJECT_PIPES: readonly PipeType[] = [ValidationPipe, ParseArrayPipe];
/** Validates only the parameters with a schema: `@Body({ schema })`. */
const SCHEMA_PIPES: readonly PipeType[] = [StandardSchemaValidationPipe];

/** The sources that Nest names in the metadata for pipes. All others are `custom`. */
export const SOURCES: ReadonlyMap<Parameter['type'], ArgumentMetadata['type']> = new Map<
  Parameter['type'],
  ArgumentMetadata['type']
>([
  [RouteParamtypes.BODY, 'body'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.PARAM, 'param'],
]);

type PipeType = abstract new (...args: never[]) => PipeTransform;

/** `pipe` is an instance or a class, since decorators accept both. */
function isOneOf(types: readonly PipeType[], pipe: unknown): boolean {
  return types.some(
    (type) => pipe instanceof type || (typeof pipe === 'function' && pipe.prototype instanceof type) || pipe === type,
  );
}

/** Returns the pipes of a method and its class, which run for all parameters. */
export function pipesOf(target: Controller, handler: object): readonly unknown[] {
  return [target, handler].flatMap((one) => (Reflect.getMetadata(PIPES_METADATA, one) ?? []) as unknown[]);
}

/** Whether one of these pipes validates whole objects. `schema` is that of the parameter. */
export function includesValidationPipe(pipes: readonly unknown[], schema?: unknown): boolean {
  return pipes.some((pipe) => isOneOf(OBJECT_PIPES, pipe)) || (schema !== undefined && includesSchemaPipe(pipes));
}

/** Whether one of these pipes reads the schemas of parameters. */
const includesSchemaPipe = (pipes: readonly unknown[]) => pipes.some((pipe) => isOneOf(SCHEMA_PIPES, pipe));

/** Whether one of these pipes reads the schema of a parameter with this source. */
export function readsSchema(pipes: readonly unknown[], source: Parameter['type']): boolean {
  if (SOURCES.has(source)) return includesSchemaPipe(pipes);
  return pipes.some((pipe) => isOneOf(SCHEMA_PIPES, pipe) && readsCustomParameters(pipe));
}

/**
 * StandardSchemaValidationPipe does so with `validateCustomDecorators`. A subclass may decide in a method of its own, and
 * the options of a subclass that Nest instantiates are not known.
 */
function readsCustomParameters(pipe: unknown): boolean {
  if (typeof pipe === 'function') return pipe !== StandardSchemaValidationPipe;
  const one = pipe as object;
  const { prototype } = StandardSchemaValidationPipe;
  const decidesItself = DECIDING.some((name) => Reflect.get(one, name) !== Reflect.get(prototype, name));
  return decidesItself || Reflect.get(one, 'validateCustomDecorators') === true;
}

const DECIDING = ['transform', 'toValidate'] as const;

/** The parameters that a handler's own pipes validate. */
type PipedParameters = 'all' | readonly Parameter[];

const NONE: PipedParameters = [];

const ownPipesOf = perHandler((target: Controller, handler): PipedParameters => {
  const outer = pipesOf(target, handler);
  if (includesValidationPipe(outer)) return 'all';
  return parametersOfMethod(target, handler).filter(({ pipes = [], schema }) =>
    includesValidationPipe([...outer, ...pipes], schema),
  );
});

const running = new AsyncLocalStorage<PipedParameters>();

/** Whether a pipe of the current handler validates this argument. */
export function isLeftToOwnPipe({ type, metatype, data, schema }: ArgumentMetadata): boolean {
  const here = running.getStore() ?? NONE;
  if (here === 'all') return true;
  return here.some(
    (one) =>
      one.metatype === metatype &&
      one.data === data &&
      one.schema === schema &&
      (SOURCES.get(one.type) ?? 'custom') === type,
  );
}

/** Tells the global pipe which own pipes the current handler has. Nest does not pass the handler to pipes. */
@Injectable()
export class OwnPipesInterceptor implements NestInterceptor {
  appliesTo(_: unknown, execution: ExecutionContext): boolean {
    return ownPipesOf(execution.getClass(), execution.getHandler()).length > 0;
  }

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const found = ownPipesOf(execution.getClass(), execution.getHandler());
    return found.length === 0 ? next.handle() : running.run(found, () => next.handle());
  }
}

/** Limits a global validation pipe of the application to plain routes. Documented ones have the kernel's. */
class PlainRoutesOnly implements PipeTransform {
  constructor(private readonly pipe: PipeTransform) {}

  transform(...given: Parameters<PipeTransform['transform']>): unknown {
    return currentContext()?.contract ? given[0] : this.pipe.transform(...given);
  }
}

function onPlainRoutes(pipe: PipeTransform): PipeTransform {
  return isOneOf([...OBJECT_PIPES, ...SCHEMA_PIPES], pipe) ? new PlainRoutesOnly(pipe) : pipe;
}

type ScopedPipe = ReturnType<ApplicationConfig['getGlobalRequestPipes']>[number];

/** Limits each instance of a request-scoped pipe. `created` is called with the instance for a request. */
function eachOnPlainRoutes(pipe: ScopedPipe, created: (instance: unknown) => void): ScopedPipe {
  const getInstanceByContextId: ScopedPipe['getInstanceByContextId'] = (...given) => {
    const host = pipe.getInstanceByContextId(...given);
    created(host.instance);
    return { ...host, instance: onPlainRoutes(host.instance) };
  };
  return Object.create(pipe, { getInstanceByContextId: { value: getInstanceByContextId } }) as ScopedPipe;
}

/** The global pipes beside the kernel's: those of `app.useGlobalPipes()` and of APP_PIPE. */
@Injectable()
export class GlobalPipes {
  private found: readonly unknown[] = [];
  /** The request-scoped pipes of each request: a factory (`useFactory`) does not tell what it will return. */
  private readonly scoped = new WeakMap<RequestContext, unknown[]>();

  constructor(private readonly application: ApplicationConfig) {}

  /** Called before Nest passes them to the routes. */
  limitToPlainRoutes(): void {
    const pipes = this.application.getGlobalPipes(); // Nest's own list: it has no way to replace one
    const scoped = this.application.getGlobalRequestPipes();
    this.found = [...pipes];
    for (const [i, pipe] of pipes.entries()) pipes[i] = onPlainRoutes(pipe);
    for (const [i, pipe] of scoped.entries())
      scoped[i] = eachOnPlainRoutes(pipe, (instance) => this.remember(instance));
  }

  /** Whether one of them validates this argument of a plain route. */
  areResponsibleFor({ schema }: ArgumentMetadata): boolean {
    const context = currentContext();
    const scoped = context && this.scoped.get(context);
    return includesValidationPipe(scoped ? [...this.found, ...scoped] : this.found, schema);
  }

  private remember(instance: unknown): void {
    const context = currentContext();
    if (context) this.scoped.set(context, [...(this.scoped.get(context) ?? []), instance]);
  }
}

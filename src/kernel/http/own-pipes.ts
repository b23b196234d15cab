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
import { ApplicationConfig } from '@nestjs/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observable } from 'rxjs';
import { perHandler } from '../common/per-handler.js';
import { currentContext } from '../context/request-context.js';
import { parametersOfMethod, type Controller } from './handlers.js';

// Validation pipes of features and of the application, which the kernel's pipe leaves parameters to.

/** Nest's pipes that validate whole objects. The kernel's pipe passes them the value as it was sent. */
const OBJECT_PIPES: readonly PipeType[] = [ValidationPipe, ParseArrayPipe];
/** Validates only the parameters with a schema: `@Body({ schema })`. */
const SCHEMA_PIPES: readonly PipeType[] = [StandardSchemaValidationPipe];

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
export const includesSchemaPipe = (pipes: readonly unknown[]) => pipes.some((pipe) => isOneOf(SCHEMA_PIPES, pipe));

/** The parameters that a handler's own pipes validate: all, or those of these classes. */
type PipedModels = 'all' | readonly unknown[];

const NONE: PipedModels = [];

const ownPipesOf = perHandler((target: Controller, handler): PipedModels => {
  const outer = pipesOf(target, handler);
  if (includesValidationPipe(outer)) return 'all';
  return parametersOfMethod(target, handler).flatMap(({ metatype, pipes = [], schema }) =>
    includesValidationPipe([...outer, ...pipes], schema) ? [metatype] : [],
  );
});

const running = new AsyncLocalStorage<PipedModels>();

/** Whether a pipe of the current handler validates parameters of this class. */
export function isLeftToOwnPipe(metatype: unknown): boolean {
  const here = running.getStore() ?? NONE;
  return here === 'all' || here.includes(metatype);
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

/** Limits each instance of a request-scoped pipe. */
function eachOnPlainRoutes(pipe: ScopedPipe): ScopedPipe {
  const getInstanceByContextId: ScopedPipe['getInstanceByContextId'] = (...given) => {
    const host = pipe.getInstanceByContextId(...given);
    return { ...host, instance: onPlainRoutes(host.instance) };
  };
  return Object.create(pipe, { getInstanceByContextId: { value: getInstanceByContextId } }) as ScopedPipe;
}

/** The global pipes beside the kernel's: those of `app.useGlobalPipes()` and of APP_PIPE. */
@Injectable()
export class GlobalPipes {
  private found: readonly unknown[] = [];

  constructor(private readonly application: ApplicationConfig) {}

  /** Called before Nest passes them to the routes. */
  keepToPlainRoutes(): void {
    const pipes = this.application.getGlobalPipes(); // Nest's own list: it has no way to replace one
    const scoped = this.application.getGlobalRequestPipes();
    this.found = [...pipes, ...scoped.map(({ metatype }) => metatype)];
    for (const [i, pipe] of pipes.entries()) pipes[i] = onPlainRoutes(pipe);
    for (const [i, pipe] of scoped.entries()) scoped[i] = eachOnPlainRoutes(pipe);
  }

  /** Whether one of them validates this argument of a plain route. */
  areResponsibleFor({ schema }: ArgumentMetadata): boolean {
    return includesValidationPipe(this.found, schema);
  }
}

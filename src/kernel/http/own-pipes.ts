import {
  Injectable,
  ParseArrayPipe,
  StandardSchemaValidationPipe,
  ValidationPipe,
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
const VALIDATION_PIPES = [ValidationPipe, ParseArrayPipe, StandardSchemaValidationPipe] as const;

/** `pipe` is an instance or a class, since decorators accept both. */
function isValidationPipe(pipe: unknown): boolean {
  return VALIDATION_PIPES.some(
    (type) => pipe instanceof type || (typeof pipe === 'function' && pipe.prototype instanceof type) || pipe === type,
  );
}

/** Whether the method or its class has a validation pipe, which then validates all parameters. */
export function hasValidationPipe(target: Controller, handler: object): boolean {
  return [target, handler].some((one) =>
    includesValidationPipe(Reflect.getMetadata(PIPES_METADATA, one) as unknown[] | undefined),
  );
}

/** Whether one of these pipes validates whole objects. */
export const includesValidationPipe = (pipes: readonly unknown[] = []): boolean => pipes.some(isValidationPipe);

/** The parameters that a handler's own pipes validate: all, or those of these classes. */
type PipedModels = 'all' | readonly unknown[];

const NONE: PipedModels = [];

const ownPipesOf = perHandler((target: Controller, handler): PipedModels => {
  if (hasValidationPipe(target, handler)) return 'all';
  const parameters = parametersOfMethod(target, handler);
  return parameters.flatMap(({ metatype, pipes }) => (includesValidationPipe(pipes) ? [metatype] : []));
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

/** The global pipes beside the kernel's: those of `app.useGlobalPipes()` and of APP_PIPE. */
@Injectable()
export class GlobalPipes {
  private found = false;

  constructor(private readonly application: ApplicationConfig) {}

  /** Called before Nest passes them to the routes. */
  keepToPlainRoutes(): void {
    const pipes = this.application.getGlobalPipes(); // Nest's own list: it has no way to replace one
    for (const [i, pipe] of pipes.entries()) if (isValidationPipe(pipe)) pipes[i] = new PlainRoutesOnly(pipe);
    const scoped = this.application.getGlobalRequestPipes();
    this.found =
      pipes.some((pipe) => pipe instanceof PlainRoutesOnly) || scoped.some((one) => isValidationPipe(one.metatype));
  }

  /** Whether one of them validates the arguments of plain routes. */
  get checkPlainRoutes(): boolean {
    return this.found;
  }
}

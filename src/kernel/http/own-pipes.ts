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
import { PIPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ApplicationConfig, MetadataScanner } from '@nestjs/core';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observable } from 'rxjs';
import { currentContext } from '../context/request-context.js';

interface Target {
  readonly name: string;
  readonly prototype: object;
}

/** Nest's pipes that judge a whole object: the kernel's leaves a value to them as it was sent. */
const JUDGES = [ValidationPipe, ParseArrayPipe, StandardSchemaValidationPipe] as const;

/** `pipe` is an instance or a class, as decorators take both. */
function isJudge(pipe: unknown): boolean {
  return JUDGES.some(
    (judge) =>
      pipe instanceof judge || (typeof pipe === 'function' && pipe.prototype instanceof judge) || pipe === judge,
  );
}

/** Whether the method or its class names a pipe that judges each of its parameters. */
export function judgesAll(target: Target, handler: object): boolean {
  return [target, handler].some((one) => hasJudge(Reflect.getMetadata(PIPES_METADATA, one) as unknown[] | undefined));
}

/** Whether these are pipes, one of which judges a whole object. */
export const hasJudge = (pipes: readonly unknown[] = []): boolean => pipes.some(isJudge);

/** Which parameters of a handler its own pipes judge: all, or those of these classes. */
type Judged = 'all' | readonly unknown[];

const judged = new WeakMap<object, Map<object, Judged>>();
const NONE: Judged = [];

function judgedBy(target: Target, handler: object): Judged {
  const known = judged.get(target) ?? new Map<object, Judged>();
  const found = known.get(handler) ?? readJudged(target, handler);
  judged.set(target, known.set(handler, found));
  return found;
}

function readJudged(target: Target, handler: object): Judged {
  if (judgesAll(target, handler)) return 'all';
  const names = new MetadataScanner().getAllMethodNames(target.prototype);
  const name = names.find((one) => Reflect.get(target.prototype, one) === handler);
  if (name === undefined) return NONE;
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target, name) ?? {}) as Record<string, Argument>;
  const types = (Reflect.getMetadata('design:paramtypes', target.prototype, name) ?? []) as unknown[];
  return Object.values(args).flatMap(({ index, pipes }) => (hasJudge(pipes) ? [types[index]] : []));
}

interface Argument {
  readonly index: number;
  readonly pipes?: readonly unknown[];
}

const running = new AsyncLocalStorage<Judged>();

/** Whether a pipe of the handler that is called now has the say over a parameter of this class. */
export function isJudgedHere(metatype: unknown): boolean {
  const here = running.getStore() ?? NONE;
  return here === 'all' || here.includes(metatype);
}

/** Tells the global pipe, which Nest does not tell whose argument it gets, which pipes the handler has of its own. */
@Injectable()
export class OwnPipesInterceptor implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const found = judgedBy(execution.getClass(), execution.getHandler());
    return found.length === 0 ? next.handle() : running.run(found, () => next.handle());
  }
}

/** A global pipe of the application's that judges whole objects: plain routes are its own, documented ones have the kernel's. */
class PlainRoutesOnly implements PipeTransform {
  constructor(private readonly pipe: PipeTransform) {}

  transform(...given: Parameters<PipeTransform['transform']>): unknown {
    return currentContext()?.contract ? given[0] : this.pipe.transform(...given);
  }
}

/** The global pipes beside the kernel's: those of `app.useGlobalPipes()` and of APP_PIPE. */
@Injectable()
export class GlobalPipes {
  private judge = false;

  constructor(private readonly application: ApplicationConfig) {}

  /** Called before Nest hands them to the routes. */
  keepToPlainRoutes(): void {
    const pipes = this.application.getGlobalPipes(); // Nest's own list: it has no way to replace one
    for (const [i, pipe] of pipes.entries()) if (isJudge(pipe)) pipes[i] = new PlainRoutesOnly(pipe);
    const scoped = this.application.getGlobalRequestPipes();
    this.judge = pipes.some((pipe) => pipe instanceof PlainRoutesOnly) || scoped.some((one) => isJudge(one.metatype));
  }

  /** Whether one of them judges the arguments of plain routes. */
  get haveJudge(): boolean {
    return this.judge;
  }
}

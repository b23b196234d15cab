import type { PipeTransform } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Type } from '../validation/validate.js';
import type { Input, PathInput, QueryInput } from './contract.js';
import { IdPipe, UuidPipe } from './id.pipe.js';
import { InputMark } from './inputs.js';

/** What Nest's metadata says of one parameter of a handler. */
export interface Parameter {
  readonly index: number;
  readonly type: RouteParamtypes | 'custom';
  /** The decorator's first argument: a name, or what a custom decorator was given. */
  readonly data?: unknown;
  readonly pipes?: readonly unknown[];
  /** The type that TypeScript has written down; undefined for a class compiled without it. */
  readonly metatype: Type<object> | undefined;
}

/** What the parameter takes of the request, if that belongs to the contract. Throws an Error for what cannot be checked. */
export function inputOf(parameter: Parameter): Input | undefined {
  const { type, data } = parameter;
  if (data instanceof InputMark) return markedInput(data, parameter);
  if (type === RouteParamtypes.BODY) return bodyOf(parameter);
  if (type === RouteParamtypes.QUERY && data === undefined)
    return { from: 'query', model: modelOf(parameter), optional: false };
  if (type === RouteParamtypes.QUERY) return queryValue(parameter, String(data));
  if (type === RouteParamtypes.PARAM && data === undefined) {
    return isPlain(parameter.metatype) ? undefined : { from: 'path model', model: modelOf(parameter), optional: false };
  }
  return type === RouteParamtypes.PARAM ? pathParameter(parameter, String(data)) : undefined;
}

function markedInput({ from, optional, media }: InputMark, parameter: Parameter): Input {
  return from === 'upload' ? { from, media } : { from, model: modelOf(parameter), optional };
}

function bodyOf(parameter: Parameter): Input {
  if (parameter.data !== undefined) {
    throw new Error(
      `takes one field of the body (@Body('${parameter.data as string}')): take it as a DTO class, so that it is checked and documented`,
    );
  }
  return { from: 'body', model: modelOf(parameter), optional: false };
}

function pathParameter({ metatype, pipes = [] }: Parameter, name: string): PathInput {
  const id = pipes.find((pipe) => pipe instanceof IdPipe || pipe instanceof UuidPipe);
  if (id) return { from: 'path', name, is: id.is, missing: id.missing };
  const is = (metatype as unknown) === Number && !hasTransform(pipes) ? 'integer' : 'text';
  return { from: 'path', name, is };
}

const KINDS = new Map<unknown, QueryInput['is']>([
  [Number, 'integer'],
  [Boolean, 'boolean'],
  [String, 'text'],
]);

/** With pipes of its own it comes as it was sent: they know what it is to be, and what stands for an absent one. */
function queryValue({ metatype, pipes = [] }: Parameter, name: string): QueryInput {
  if (hasTransform(pipes)) return { from: 'query value', name, required: false };
  const is = KINDS.get(metatype);
  return { from: 'query value', name, required: is !== undefined, ...(is === undefined ? {} : { is }) };
}

/** Whether the parameter has pipes other than those of the contract. */
export function hasOwnPipes({ pipes = [] }: Parameter): boolean {
  return hasTransform(pipes.filter((pipe) => !(pipe instanceof IdPipe) && !(pipe instanceof UuidPipe)));
}

function hasTransform(pipes: readonly unknown[]): boolean {
  return pipes.some((pipe) => typeof pipe === 'function' || typeof (pipe as PipeTransform).transform === 'function');
}

const isPlain = (metatype: unknown) => metatype === undefined || metatype === Object;

function modelOf({ metatype, index }: Parameter): Type<object> {
  if (isPlain(metatype) || KINDS.has(metatype) || (metatype as unknown) === Array) {
    throw new Error(`parameter ${index} needs a DTO class as its type`);
  }
  return metatype!;
}

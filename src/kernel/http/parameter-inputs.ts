import { DefaultValuePipe, type PipeTransform } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { isList } from '../validation/compile-model.js';
import { declaredFields, type Type } from '../validation/model-metadata.js';
import type { Input, ModelInput, PathInput, QueryInput } from './contract.js';
import type { Parameter } from './handlers.js';
import { IdPipe, UuidPipe } from './id.pipe.js';
import { InputMark } from './body.decorators.js';
import { includesValidationPipe, readsSchema, SOURCES } from './own-pipes.js';

/**
 * Returns the input of a handler's parameter; undefined if it does not belong to the contract. `outer`: the pipes of
 * the handler and its controller. Throws an Error for a parameter that cannot be validated.
 */
export function inputOf(parameter: Parameter, outer: readonly unknown[]): Input | undefined {
  const { type, data, schema } = parameter;
  const pipes = [...outer, ...(parameter.pipes ?? [])];
  if (schema !== undefined && !readsSchema(pipes, type)) throw unreadSchemaError(parameter);
  const piped = includesValidationPipe(pipes, schema);
  if (data instanceof InputMark) return markedInput(data, parameter);
  if (type === RouteParamtypes.BODY) return { ...bodyOf(parameter), piped };
  if (type === RouteParamtypes.QUERY && data === undefined) {
    const model = dtoClassOf(parameter);
    return { from: 'query', model, optional: false, piped, lists: listsOf(model) };
  }
  if (type === RouteParamtypes.QUERY) return queryValue(parameter, String(data));
  if (type === RouteParamtypes.PARAM && data === undefined) {
    if (isPlain(parameter.metatype)) return undefined;
    return { from: 'path model', model: dtoClassOf(parameter), optional: false, piped };
  }
  if (type === RouteParamtypes.PARAM) return pathParameter(parameter, String(data));
  if (type === RouteParamtypes.HEADERS) assertRaw(parameter);
  return undefined;
}

/** Throws an Error if two inputs have the same source with different types. */
export function assertDistinct(inputs: readonly Input[]): void {
  const known = new Map<string, string>();
  for (const input of inputs) {
    const [place, kind] = placeOf(input);
    const other = known.get(place);
    if (other !== undefined && (!('name' in input) || other !== kind)) {
      throw new Error(`takes ${place} twice: ${'name' in input ? 'use one type' : 'declare one DTO with all fields'}`);
    }
    known.set(place, kind);
  }
}

function placeOf(input: Input): [place: string, kind: string] {
  if (input.from === 'path') return [`@Param('${input.name}')`, input.type];
  if (input.from === 'query value') return [`@Query('${input.name}')`, input.type ?? 'text'];
  if (input.from === 'query') return ['the whole query', 'model'];
  return [input.from === 'path model' ? 'the whole path' : 'the body', 'model'];
}

function markedInput({ from, optional, media, models }: InputMark, parameter: Parameter): Input {
  if (from === 'upload') return { from, media };
  return models ? { from, optional, ...models } : { from, model: dtoClassOf(parameter), optional };
}

function bodyOf(parameter: Parameter): ModelInput {
  if (parameter.data !== undefined) {
    throw new Error(
      `takes one field of the body (@Body('${parameter.data as string}')): use a DTO class, so that it is validated and documented`,
    );
  }
  return { from: 'body', model: dtoClassOf(parameter), optional: false };
}

function pathParameter(parameter: Parameter, name: string): PathInput {
  const { metatype, pipes = [], schema } = parameter;
  const id = pipes.find((pipe) => pipe instanceof IdPipe || pipe instanceof UuidPipe);
  if (id) return { from: 'path', name, type: id.type, notFound: id.notFound };
  const isConverted = hasTransform(withoutDefaults(pipes)) || schema !== undefined;
  const type = (metatype as unknown) === Number && !isConverted ? 'integer' : 'text';
  if (hasTransform(pipes) || isConverted) return { from: 'path', name, type, piped: true };
  if (!isPlain(metatype) && !IN_PATH.has(metatype)) throw uncheckedTypeError('Param', parameter, 'string or number');
  return { from: 'path', name, type };
}

/** A wildcard of the path is a list. */
const IN_PATH = new Set<unknown>([String, Number, Array]);

/** Nest's pipes by type. */
const PIPES = new Map<unknown, string>([
  [Boolean, 'ParseBoolPipe'],
  [Date, 'ParseDatePipe'],
]);

function uncheckedTypeError(decorator: string, { data, metatype }: Parameter, types: string): Error {
  const pipe = PIPES.get(metatype) ?? 'such as ParseEnumPipe';
  return new Error(
    `takes @${decorator}('${data as string}') as ${metatype?.name}, which is not validated: add a pipe (${pipe}), or use the type ${types}`,
  );
}

/** The error for a schema that would be ignored. A pipe of `app.useGlobalPipes()` does not run on documented routes. */
function unreadSchemaError({ index, type }: Parameter): Error {
  const pipe = SOURCES.has(type)
    ? 'StandardSchemaValidationPipe'
    : 'new StandardSchemaValidationPipe({ validateCustomDecorators: true })';
  return new Error(
    `takes parameter ${index} with a schema, which nothing reads: add ${pipe} to the parameter, the handler or the controller`,
  );
}

/** Throws an Error for headers with another type than text: Nest runs no pipes on headers. */
function assertRaw({ data, metatype }: Parameter): void {
  const isText = metatype === (String as unknown) || metatype === (Array as unknown);
  if (isPlain(metatype) || (data !== undefined && isText)) return;
  const [what, remedy] =
    data === undefined
      ? ['@Headers()', "declare each header by name, @Headers('x-name') name: string"]
      : [`@Headers('${data as string}')`, 'declare it as a string, and parse it in the handler'];
  throw new Error(`takes ${what} as ${metatype!.name}, but Nest does not run pipes on headers: ${remedy}`);
}

const KINDS = new Map<unknown, QueryInput['type']>([
  [Number, 'integer'],
  [Boolean, 'boolean'],
  [String, 'text'],
]);

/**
 * A query parameter. With other pipes than DefaultValuePipe, as a list or without a type, it is passed as sent: the
 * pipes of a parameter run after the global pipe, which converts numbers and booleans.
 */
function queryValue(parameter: Parameter, name: string): QueryInput {
  const { metatype, pipes = [], schema, optional } = parameter;
  const converting = withoutDefaults(pipes);
  const hasDefault = converting.length < pipes.length;
  const asSent: QueryInput = { from: 'query value', name, required: false, hasDefault };
  if (hasTransform(converting) || schema !== undefined) return asSent;
  const type = KINDS.get(metatype);
  if (type !== undefined) return { ...asSent, required: !optional && !hasDefault, type };
  if (hasDefault || metatype === undefined || metatype === (Array as unknown)) return asSent;
  throw uncheckedTypeError('Query', parameter, 'string, number, boolean or string[]');
}

/** Whether the parameter has other pipes than IdPipe and UuidPipe that may refuse a value. */
export function hasOtherPipes({ pipes = [], schema }: Parameter): boolean {
  const others = withoutDefaults(pipes).filter((pipe) => !(pipe instanceof IdPipe) && !(pipe instanceof UuidPipe));
  return schema !== undefined || hasTransform(others);
}

const withoutDefaults = (pipes: readonly unknown[]) => pipes.filter((pipe) => !(pipe instanceof DefaultValuePipe));

function hasTransform(pipes: readonly unknown[]): boolean {
  return pipes.some((pipe) => typeof pipe === 'function' || typeof (pipe as PipeTransform).transform === 'function');
}

const listsOf = (model: Type<object>) =>
  declaredFields(model).flatMap(({ name, rules }) => (isList(rules) ? [name] : []));

const isPlain = (metatype: unknown) => metatype === undefined || metatype === Object;

function dtoClassOf({ metatype, index, schema }: Parameter): Type<object> {
  if (isPlain(metatype) || KINDS.has(metatype) || (metatype as unknown) === Array) {
    const also = schema ? ' beside its schema: declare one, or add @ApiExcludeEndpoint for plain Nest' : '';
    throw new Error(`parameter ${index} needs a DTO class as its type${also}`);
  }
  return metatype!;
}

import { createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiParam, ApiQuery, type ApiParamOptions } from '@nestjs/swagger';
import type { Request } from 'express';
import type { NamedError } from '../errors/app-error.js';
import type { Type } from '../validation/validate.js';
import { contractFor, type Input } from './contract.js';
import { contextOf } from '../context/request-context.js';
import { MAX_ID } from '../database/ids.js';
import { validateInputs } from './validate-inputs.js';

/** Validates everything the route takes at the first of its parameters, so that one 422 names all that is wrong. */
class ValidationPipe implements PipeTransform<Request, unknown> {
  constructor(private readonly input: Input) {}

  transform(request: Request): unknown {
    const inputs = validateInputs(request);
    const { keyed } = contextOf(request);
    return keyed ? keyed.recall().then(() => inputs.get(this.input)) : inputs.get(this.input);
  }
}

/** The order in which errors are listed, as FastAPI does it; within each, as declared. */
const ORDER = { path: 0, query: 1, form: 2, body: 2, embedded: 2, upload: 2 } as const;

const requestOf = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<Request>(),
);

/** Adds the input to the handler's contract and binds the parameter to its validated value. */
function take(input: Input, target: object, key: string | symbol | undefined, index: number): void {
  const { inputs } = contractFor(target, key!);
  inputs.unshift(input); // decorators run from the last parameter to the first
  inputs.sort((a, b) => ORDER[a.from] - ORDER[b.from]);
  requestOf(new ValidationPipe(input))(target, key, index);
}

function modelOf(target: object, key: string | symbol | undefined, index: number): Type<object> {
  const types = Reflect.getMetadata('design:paramtypes', target, key!) as Type<object>[];
  const model = types[index]!;
  if ((model as unknown) === Object) {
    throw new Error(`${target.constructor.name}.${String(key)}: parameter ${index} needs a DTO class as its type`);
  }
  return model;
}

const descriptorOf = (target: object, key: string | symbol | undefined) =>
  Object.getOwnPropertyDescriptor(target, key!)!;

type ModelInput = Extract<Input, { model: unknown }>;

function modelInput(from: ModelInput['from'], document: (model: Type<object>) => MethodDecorator, optional = false) {
  return (): ParameterDecorator => (target, key, index) => {
    const model = modelOf(target, key, index);
    take({ from, model, optional }, target, key, index);
    document(model)(target, key!, descriptorOf(target, key));
  };
}

/**
 * The id in the path, by its name there. One that no row can have is `missing`, after everything else was judged.
 * The example is that of a row in the demo data.
 */
export function PathId(name: string, missing: NamedError<[string]>, example = 1): ParameterDecorator {
  return (target, key, index) => {
    take({ from: 'path', name, is: 'integer', missing, example }, target, key, index);
    documentId(name, { type: 'integer', format: 'int32', minimum: 1, maximum: MAX_ID }, target, key);
  };
}

/** The same of a thing whose id is a UUID. */
export function PathUuid(name: string, missing: NamedError<[string]>, example: string): ParameterDecorator {
  return (target, key, index) => {
    take({ from: 'path', name, is: 'uuid', missing, example }, target, key, index);
    documentId(name, { type: 'string', format: 'uuid', maxLength: 36 }, target, key);
  };
}

type IdSchema = NonNullable<Extract<ApiParamOptions, { schema?: unknown }>['schema']>;

function documentId(name: string, schema: IdSchema, target: object, key: string | symbol | undefined): void {
  const description = `Id of the ${name.replace(/_id$/, '')}.`;
  ApiParam({ name, required: true, schema, description })(target, key!, descriptorOf(target, key));
}

/** The query parameters, as a DTO. */
export const Query = modelInput('query', (model) => ApiQuery({ type: model }));
/** The JSON body, as a DTO. */
export const Body = modelInput('body', (model) => ApiBody({ type: model }));
/** The same where the request may come without a body: undefined then. */
export const OptionalBody = modelInput('body', (model) => ApiBody({ type: model, required: false }), true);
/** The JSON body whose fields are body parameters of their own (FastAPI's embedded body). */
export const EmbeddedBody = modelInput('embedded', (model) => ApiBody({ type: model }));
/** A body that the handler reads itself as it comes in, in one of these media types, each with an example: an `Upload`. */
export function UploadBody(media: Readonly<Record<string, string>>): ParameterDecorator {
  return (target, key, index) => {
    take({ from: 'upload', media }, target, key, index);
    const schema = { type: 'string' };
    ApiConsumes(...Object.keys(media))(target, key!, descriptorOf(target, key));
    ApiBody({ schema })(target, key!, descriptorOf(target, key));
  };
}

/** The urlencoded form, as a DTO. */
export const Form = modelInput('form', (model) => ApiBody({ type: model }));

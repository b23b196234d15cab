import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes, getSchemaPath } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Type } from '../validation/validate.js';
import { payloadOf } from './body.middleware.js';
import type { Variants } from './contract.js';

type From = 'body' | 'form' | 'embedded' | 'upload';

/** Tells the contract what a parameter takes of the body, where `@Body()` of Nest does not say it. */
export class InputMark {
  constructor(
    readonly from: From,
    readonly optional = false,
    readonly media: Readonly<Record<string, string>> = {},
    /** Where the parameter's type does not name the one model. */
    readonly models?: FormModels,
  ) {}
}

/** Without a contract the handler gets what Nest's `@Body()` would give. */
const bodyPart = createParamDecorator((mark: InputMark, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  return mark.from === 'upload' ? payloadOf(request).upload : request.body;
});

/** The parameter, and what the document says of it. */
function bodyParameter(mark: InputMark, ...documents: ((model: unknown) => MethodDecorator)[]): ParameterDecorator {
  return (target, key, index) => {
    bodyPart(mark)(target, key, index);
    const types = Reflect.getMetadata('design:paramtypes', target, key!) as unknown[];
    const descriptor = Object.getOwnPropertyDescriptor(target, key!)!;
    applyDecorators(...documents.map((document) => document(types[index])))(target, key, descriptor);
  };
}

type Model = new () => object;

/** Several DTOs for one form: `model`, or the one of `variants` that the value of a field names. */
export interface FormModels {
  readonly model: Type<object>;
  readonly variants: Variants;
}

export const FORM_MEDIA = 'application/x-www-form-urlencoded';

/** The urlencoded form, as a DTO; as one of several, if they are given. */
export const Form = (models?: FormModels) =>
  bodyParameter(
    new InputMark('form', false, {}, models),
    (model) => ApiBody(models ? { schema: { anyOf: refsTo(models) } } : { type: model as Model }),
    () => ApiConsumes(FORM_MEDIA),
  );

const refsTo = ({ model, variants }: FormModels) =>
  [model, ...Object.values(variants.models)].map((one) => ({ $ref: getSchemaPath(one) }));

/** The JSON body, as a DTO, where the request may come without one: undefined then. */
export const OptionalBody = () =>
  bodyParameter(new InputMark('body', true), (model) => ApiBody({ type: model as Model, required: false }));

/** The JSON body whose fields are body parameters of their own (FastAPI's embedded body). */
export const EmbeddedBody = () =>
  bodyParameter(new InputMark('embedded'), (model) => ApiBody({ type: model as Model }));

/** A body that the handler reads itself as it comes in, in one of these media types, each with an example: an `Upload`. */
export const UploadBody = (media: Readonly<Record<string, string>>) =>
  bodyParameter(
    new InputMark('upload', false, media),
    () => ApiBody({ schema: { type: 'string' } }),
    () => ApiConsumes(...Object.keys(media)),
  );

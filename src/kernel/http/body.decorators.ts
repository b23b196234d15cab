import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiConsumes, getSchemaPath } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Type } from '../validation/model-metadata.js';
import { payloadOf } from './body.middleware.js';
import type { Variants } from './contract.js';

// Parameter decorators for bodies that `@Body()` cannot express: forms, optional and embedded bodies, uploads.

type From = 'body' | 'form' | 'embedded' | 'upload';

/** The data of these decorators, which the contract reads. */
export class InputMark {
  constructor(
    readonly from: From,
    readonly optional = false,
    readonly media: Readonly<Record<string, string>> = {},
    /** Several models, if the parameter's type does not name one. */
    readonly models?: FormModels,
  ) {}
}

/** The value for routes without a contract: that of Nest's `@Body()`. */
const bodyPart = createParamDecorator((mark: InputMark, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  return mark.from === 'upload' ? payloadOf(request).upload : request.body;
});

/** A parameter decorator that also documents the body. */
function bodyParameter(mark: InputMark, ...documents: ((model: unknown) => MethodDecorator)[]): ParameterDecorator {
  return (target, key, index) => {
    bodyPart(mark)(target, key, index);
    const types = Reflect.getMetadata('design:paramtypes', target, key!) as unknown[];
    const descriptor = Object.getOwnPropertyDescriptor(target, key!)!;
    applyDecorators(...documents.map((document) => document(types[index])))(target, key, descriptor);
  };
}

type Model = new () => object;

/** Several DTOs for one form: a variant that the value of a field selects, or else `model`. */
export interface FormModels {
  readonly model: Type<object>;
  readonly variants: Variants;
}

export const FORM_MEDIA = 'application/x-www-form-urlencoded';

/** A urlencoded form, as a DTO or as one of several. */
export const Form = (models?: FormModels) =>
  bodyParameter(
    new InputMark('form', false, {}, models),
    (model) => ApiBody(models ? { schema: { anyOf: refsTo(models) } } : { type: model as Model }),
    () => ApiConsumes(FORM_MEDIA),
  );

const refsTo = ({ model, variants }: FormModels) =>
  [model, ...Object.values(variants.models)].map((one) => ({ $ref: getSchemaPath(one) }));

/** A JSON body that may be absent; the parameter is then undefined. */
export const OptionalBody = () =>
  bodyParameter(new InputMark('body', true), (model) => ApiBody({ type: model as Model, required: false }));

/** A JSON body whose fields are separate body parameters (FastAPI's embedded body). */
export const EmbeddedBody = () =>
  bodyParameter(new InputMark('embedded'), (model) => ApiBody({ type: model as Model }));

/** A body that the handler reads as a stream (`Upload`), in one of these media types, with an example of each. */
export const UploadBody = (media: Readonly<Record<string, string>>) =>
  bodyParameter(
    new InputMark('upload', false, media),
    () => ApiBody({ schema: { type: 'string' } }),
    () => ApiConsumes(...Object.keys(media)),
  );

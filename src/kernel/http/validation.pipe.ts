import {
  HttpStatus,
  Injectable,
  ValidationPipe as ClassValidatorPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import { currentContext } from '../context/request-context.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { isCheckable } from '../validation/compile.js';
import { declaredFields, type Type } from '../validation/declared.js';
import type { Source } from '../validation/run.js';
import { check } from '../validation/validate.js';
import { payloadOf, queryOf } from './body.middleware.js';
import { checkInputs } from './check-inputs.js';
import type { Contract, Input } from './contract.js';
import { InputMark } from './inputs.js';
import { encoded, tooLarge } from './read-body.js';

/**
 * The one global pipe. In a documented route it checks everything that the route takes at the first of its parameters, so
 * that one 422 names all that is wrong. In a plain Nest route it checks each DTO class by its class-validator decorators.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  private readonly classValidator = new ClassValidatorPipe({
    transform: true,
    errorHttpStatusCode: HttpStatus.UNPROCESSABLE_ENTITY,
  });

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const context = currentContext();
    const contract = context?.contract;
    if (!context || !contract) return this.checkPlain(value, metadata);
    const input = inputFor(contract, metadata);
    const values = checkInputs(context.response.req, contract);
    return input === undefined ? value : values.get(input);
  }

  private checkPlain(value: unknown, metadata: ArgumentMetadata): unknown {
    const { metatype, type } = metadata;
    if (type === 'body') assertReadable();
    if (!isModel(metatype) || type === 'custom') return value;
    if (!isCheckable(metatype)) return this.classValidator.transform(value, metadata);
    const errors: FieldError[] = [];
    const { loc, source, given } = placeOf(type, value);
    const instance = check(metatype, given, loc, source, errors);
    if (errors.length > 0) throw new ValidationFailed(errors);
    return instance;
  }
}

const FROM: Readonly<Record<string, readonly Input['from'][]>> = {
  body: ['body'],
  query: ['query', 'query value'],
  param: ['path', 'path model'],
};

function inputFor({ inputs }: Contract, { type, data }: ArgumentMetadata): Input | undefined {
  const mark: unknown = data;
  if (mark instanceof InputMark) return inputs.find(({ from }) => from === mark.from);
  const kinds = FROM[type] ?? [];
  return inputs.find((input) => kinds.includes(input.from) && ('name' in input ? input.name : undefined) === data);
}

/** A class with rules; what has none is passed on as it is, as Nest does it. */
function isModel(metatype: ArgumentMetadata['metatype']): metatype is Type<object> {
  return typeof metatype === 'function' && metatype.prototype !== undefined && declaredFields(metatype).length > 0;
}

function placeOf(type: string, value: unknown): { loc: string[]; source: Source; given: unknown } {
  if (type === 'query') {
    const { url } = currentContext()?.response.req ?? {};
    return { loc: ['query'], source: 'params', given: url === undefined ? value : queryOf({ url }) };
  }
  return type === 'param'
    ? { loc: ['path'], source: 'params', given: value }
    : { loc: ['body'], source: 'json', given: value };
}

/** A handler that takes the body must not run without one that was sent. */
function assertReadable(): void {
  const request = currentContext()?.response.req;
  if (request === undefined || request.body !== undefined) return; // or another parser has read it
  const { refusal, malformed } = payloadOf(request);
  if (refusal !== undefined) throw refusal === 'encoded' ? encoded() : tooLarge();
  if (malformed) throw malformed;
}

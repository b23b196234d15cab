import {
  Injectable,
  ValidationPipe as ClassValidatorPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import type { ValidationError as ClassValidatorError } from 'class-validator';
import { currentContext } from '../context/request-context.js';
import { ValidationFailed, valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { isCheckable } from '../validation/compile.js';
import { declaredFields, type Type } from '../validation/declared.js';
import { echo } from '../validation/echo.js';
import type { Source } from '../validation/run.js';
import { isSecret, MASK } from '../validation/secret.js';
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
    if (!isCheckable(metatype)) return classValidatorFor(type).transform(value, metadata);
    const errors: FieldError[] = [];
    const { loc, source, given } = placeOf(type, value);
    const instance = check(metatype, given, loc, source, errors);
    if (errors.length > 0) throw new ValidationFailed(errors);
    return instance;
  }
}

const PLACES: Readonly<Record<string, string>> = { body: 'body', query: 'query', param: 'path' };

/** Nest's own pipe, for classes with rules that only class-validator knows; what it finds is told in the same form. */
function classValidatorFor(type: string): ClassValidatorPipe {
  const exceptionFactory = (errors: ClassValidatorError[]) =>
    new ValidationFailed(errors.flatMap((error) => fieldErrors(error, [PLACES[type] ?? type])));
  return new ClassValidatorPipe({ transform: true, exceptionFactory });
}

function fieldErrors(
  { property, target, value, constraints = {}, children = [] }: ClassValidatorError,
  at: Loc,
): FieldError[] {
  const loc = [...at, /^\d+$/.test(property) ? Number(property) : property];
  const isHidden = target !== undefined && isSecret(target.constructor, property);
  const own = Object.values(constraints).slice(0, 1); // one error per field
  return [
    ...own.map((message) => valueError(loc, message, isHidden ? MASK : echo(value))),
    ...children.flatMap((child) => fieldErrors(child, loc)),
  ];
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

import {
  Injectable,
  ValidationPipe as NestValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
} from '@nestjs/common';
import type { ValidationError as ClassValidatorError } from 'class-validator';
import { currentContext } from '../context/request-context.js';
import { ValidationFailed, valueError, type FieldError, type Loc } from '../errors/validation-failed.js';
import { declaredFields, type Type } from '../validation/model-metadata.js';
import { errorInput } from '../validation/error-input.js';
import { isMasked, MASK } from '../validation/secret.js';
import { payloadOf } from './body.middleware.js';
import { checkInputs } from './check-inputs.js';
import { isPipedModel, type Contract, type Input } from './contract.js';
import { InputMark } from './body.decorators.js';
import { GlobalPipes, isLeftToOwnPipe } from './own-pipes.js';
import { unsupportedEncoding, payloadTooLarge } from './read-body.js';

/**
 * The global pipe. On documented routes it validates all inputs at the first parameter, so that one 422 has all errors.
 * On plain Nest routes it is Nest's ValidationPipe with other errors. Parameters with their own validation pipes are
 * passed as sent.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  constructor(private readonly others: GlobalPipes) {}

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const context = currentContext();
    const contract = context?.contract;
    if (!context || !contract) return this.checkPlain(value, metadata);
    const input = inputFor(contract, metadata);
    const values = checkInputs(context.response.req, contract);
    return input === undefined || isPipedModel(input) ? value : values.get(input);
  }

  private checkPlain(value: unknown, metadata: ArgumentMetadata): unknown {
    const { metatype, type } = metadata;
    if (type === 'body') assertReadable();
    if (this.others.areResponsibleFor(metadata) || isLeftToOwnPipe(metadata)) return value;
    return hasRules(metatype) ? NEST_PIPES[type].transform(value, metadata) : value;
  }
}

/** Nest's pipe for each source of parameters, which begins the `loc` of its errors. */
const NEST_PIPES: Readonly<Record<ArgumentMetadata['type'], NestValidationPipe>> = {
  body: nestPipe('body'),
  query: nestPipe('query'),
  param: nestPipe('path'),
  custom: nestPipe('custom'),
};

function nestPipe(place: string): NestValidationPipe {
  const exceptionFactory = (errors: ClassValidatorError[]) =>
    new ValidationFailed(errors.flatMap((error) => fieldErrors(error, [place])));
  return new NestValidationPipe({ transform: true, exceptionFactory });
}

function fieldErrors(
  { property, target, value, constraints = {}, children = [] }: ClassValidatorError,
  at: Loc,
): FieldError[] {
  const loc = [...at, /^\d+$/.test(property) ? Number(property) : property];
  const shown = target !== undefined && isMasked(target.constructor, property) ? MASK : errorInput(value);
  const own = Object.values(constraints).slice(0, 1); // one error per field
  return [
    ...own.map((message) => valueError(loc, message, shown)),
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

/** Values of classes without rules are passed on, as in Nest. */
function hasRules(metatype: ArgumentMetadata['metatype']): boolean {
  return (
    typeof metatype === 'function' &&
    metatype.prototype !== undefined &&
    declaredFields(metatype as Type<object>).length > 0
  );
}

/** Throws if the body could not be read, so that no handler runs without the body that was sent. */
function assertReadable(): void {
  const request = currentContext()?.response.req;
  if (request === undefined || request.body !== undefined) return; // read, also by another parser
  const { refusal, malformed } = payloadOf(request);
  if (refusal !== undefined) throw refusal === 'encoded' ? unsupportedEncoding() : payloadTooLarge();
  if (malformed) throw malformed;
}

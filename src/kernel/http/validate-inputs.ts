import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../validation/errors.js';
import { checkInt } from '../validation/integers.js';
import { exactInputs } from '../validation/json.js';
import { forbiddenKeys } from '../validation/json-limits.js';
import { check, checkEmbedded } from '../validation/validate.js';
import { payloadOf, queryOf } from './body.js';
import type { Contract, Input } from './contract.js';
import { exchangeOf } from './exchange.js';
import { MAX_ID } from './ids.js';

/** The order in which errors are listed, as FastAPI does it. */
const ORDER = { path: 0, query: 1, form: 2, body: 2, embedded: 2 } as const;

/**
 * The validated arguments of the request's route, in the order of its contract; worked out once per request. Throws
 * ValidationFailed with every error of path, query and body, AppError 415 for a body that is not JSON, and the
 * path's own not-found error for an id that no row can have.
 */
export function validateInputs(request: Request): readonly unknown[] {
  const exchange = exchangeOf(request);
  return (exchange.inputs ??= validated(request, exchange.contract!));
}

function validated(request: Request, { inputs }: Contract): readonly unknown[] {
  const errors: FieldError[] = [];
  const values: unknown[] = [];
  const order = inputs.map((_, position) => position);
  if (inputs.length > 1) order.sort((a, b) => ORDER[inputs[a]!.from] - ORDER[inputs[b]!.from] || b - a);
  for (const position of order) values[position] = judge(request, inputs[position]!, errors);
  const { bytes, json } = payloadOf(request);
  if (errors.length === 0 && json !== undefined) forbiddenKeys(json, ['body'], errors);
  if (errors.length > 0) {
    if (bytes !== undefined && inputs.some(({ from }) => from === 'body' || from === 'embedded')) {
      exactInputs(bytes, errors, ['body']);
    }
    throw new ValidationFailed(errors);
  }
  inputs.forEach((input, position) => {
    if (input.from !== 'path') return;
    const id = values[position] as number | bigint;
    if (typeof id === 'bigint' || id < 1 || id > MAX_ID) throw input.missing(String(id));
  });
  return values;
}

function judge(request: Request, input: Input, errors: FieldError[]): unknown {
  switch (input.from) {
    case 'path':
      return checkInt(request.params[input.name] as string | undefined, ['path', input.name], errors);
    case 'query':
      return check(input.model, queryOf(request), ['query'], 'params', errors);
    case 'form':
      return check(input.model, payloadOf(request).form ?? {}, ['body'], 'form', errors);
    case 'body':
      return judgeBody(request, input, errors);
    case 'embedded':
      refuseOtherMedia(request);
      return checkEmbedded(input.model, payloadOf(request).json, ['body'], errors);
    default:
      throw new Error('An input comes from somewhere else');
  }
}

function judgeBody(request: Request, input: Extract<Input, { model: unknown }>, errors: FieldError[]): unknown {
  refuseOtherMedia(request);
  const { bytes, json } = payloadOf(request);
  if (bytes === undefined) {
    if (input.optional) return undefined;
    errors.push({ type: 'missing', loc: ['body'], msg: 'Field required', input: null });
    return undefined;
  }
  return check(input.model, json, ['body'], 'json', errors);
}

/** A form post needs no CORS preflight: only JSON may reach a JSON route. */
function refuseOtherMedia(request: Request): void {
  const { bytes, isJson } = payloadOf(request);
  if (bytes !== undefined && !isJson) throw new AppError('Send the body as application/json', 415);
}

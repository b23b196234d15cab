import type { Request } from 'express';
import { AppError } from '../errors/app-error.js';
import { ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { checkInt } from '../validation/integers.js';
import { exactInputs } from '../validation/json.js';
import { forbiddenKeys } from '../validation/json-limits.js';
import { checkUuid } from '../validation/uuid.js';
import { check, checkEmbedded } from '../validation/validate.js';
import { payloadOf, queryOf } from './body.js';
import type { Contract, Input } from './contract.js';
import { contextOf } from '../context/request-context.js';
import { MAX_ID } from '../database/ids.js';

/**
 * The validated arguments of the request's route, by its contract's inputs; worked out once per request. Throws
 * ValidationFailed with every error of path, query and body, AppError 415 for a body that is not JSON, and the
 * path's own not-found error for an id that no row can have.
 */
export function validateInputs(request: Request): ReadonlyMap<Input, unknown> {
  const context = contextOf(request);
  return (context.inputs ??= validated(request, context.contract!));
}

function validated(request: Request, { inputs }: Contract): ReadonlyMap<Input, unknown> {
  const errors: FieldError[] = [];
  const values = new Map<Input, unknown>();
  for (const input of inputs) values.set(input, judge(request, input, errors));
  const { bytes, json } = payloadOf(request);
  if (errors.length === 0 && json !== undefined) forbiddenKeys(json, ['body'], errors);
  if (errors.length > 0) {
    if (bytes !== undefined && inputs.some(({ from }) => from === 'body' || from === 'embedded')) {
      exactInputs(bytes, errors, ['body']);
    }
    throw new ValidationFailed(errors);
  }
  for (const input of inputs) {
    if (input.from !== 'path' || input.is !== 'integer') continue;
    const id = values.get(input) as number | bigint;
    if (typeof id === 'bigint' || id < 1 || id > MAX_ID) throw input.missing(String(id));
  }
  return values;
}

function judge(request: Request, input: Input, errors: FieldError[]): unknown {
  switch (input.from) {
    case 'path':
      return checkId(request.params[input.name] as string, input, errors);
    case 'query':
      return check(input.model, queryOf(request), ['query'], 'params', errors);
    case 'form':
      return check(input.model, payloadOf(request).form ?? {}, ['body'], 'form', errors);
    case 'body':
      return judgeBody(request, input, errors);
    case 'upload': {
      const { upload } = payloadOf(request);
      if (upload!.media === undefined) throw otherMedia(Object.keys(input.media));
      return upload;
    }
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

/** The id of a thing, as its kind of thing writes them. */
export function checkId(text: string, { is, name }: Extract<Input, { from: 'path' }>, errors: FieldError[]): unknown {
  return is === 'uuid' ? checkUuid(text, ['path', name], errors) : checkInt(text, ['path', name], errors);
}

/** Refuses a body in a media type that is none of these. */
export const otherMedia = (medias: readonly string[]) => new AppError(`Send the body as ${medias.join(' or ')}`, 415);

/** A form post needs no CORS preflight: only JSON may reach a JSON route. */
function refuseOtherMedia(request: Request): void {
  const { bytes, isJson } = payloadOf(request);
  if (bytes !== undefined && !isJson) throw otherMedia(['application/json']);
}

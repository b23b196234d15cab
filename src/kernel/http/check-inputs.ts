import type { Request } from 'express';
import { contextOf } from '../context/request-context.js';
import { MAX_ID } from '../database/ids.js';
import { AppError } from '../errors/app-error.js';
import { valueError, ValidationFailed, type FieldError } from '../errors/validation-failed.js';
import { declaredFields, type Type } from '../validation/model-metadata.js';
import { exactInputs } from '../validation/json.js';
import { forbiddenKeys } from '../validation/json-limits.js';
import { checkParameter } from '../validation/check-parameter.js';
import { checkMergePatch } from '../validation/changes.js';
import { isMasked, MASK } from '../validation/secret.js';
import { check, checkEmbedded } from '../validation/validate.js';
import { payloadOf } from './body.middleware.js';
import { parseQuery } from './query-string.js';
import {
  isPipedModel,
  type Contract,
  type Input,
  type ModelInput,
  type PathInput,
  type QueryInput,
} from './contract.js';
import { FORM_MEDIA } from './body.decorators.js';

/**
 * Validates path, query and body by the route's contract, once per request, and returns the values by input. Throws
 * ValidationFailed with all errors, AppError 415 for a body of another media type, and the not-found error of a path
 * parameter for an id that no row can have.
 */
export function checkInputs(request: Request, contract: Contract): ReadonlyMap<Input, unknown> {
  const context = contextOf(request)!;
  return (context.inputs ??= checkAll(request, contract));
}

function checkAll(request: Request, { inputs }: Contract): ReadonlyMap<Input, unknown> {
  const errors: FieldError[] = [];
  const values = new Map<Input, unknown>();
  for (const input of inputs) values.set(input, checkOne(request, input, errors));
  const { bytes, json } = payloadOf(request);
  if (errors.length === 0 && json !== undefined) forbiddenKeys(json, ['body'], errors);
  if (errors.length > 0) {
    if (bytes !== undefined && inputs.some(({ from }) => from === 'body' || from === 'embedded')) {
      exactInputs(bytes, errors, ['body']);
    }
    throw new ValidationFailed(errors);
  }
  for (const input of inputs) if (input.from === 'path') refuseImpossibleId(input, values.get(input));
  return values;
}

/** Called after all validation: a 404 must not hide errors in the request. */
function refuseImpossibleId({ type, notFound }: PathInput, id: unknown): void {
  if (type !== 'integer' || notFound === undefined) return;
  if (typeof id === 'bigint' || (id as number) < 1 || (id as number) > MAX_ID) throw notFound(String(id));
}

function checkOne(request: Request, input: Input, errors: FieldError[]): unknown {
  if (isPipedModel(input)) return valueAsSent(request, input);
  switch (input.from) {
    case 'path':
      return checkPath(request.params[input.name] as string, input, errors);
    case 'path model':
      return check(input.model, request.params, ['path'], 'params', errors);
    case 'query':
      return check(input.model, parseQuery(request, input.lists), ['query'], 'params', errors);
    case 'query value':
      if (input.type === undefined) return request.query[input.name]; // its own pipes parse it
      return checkQueryValue(parseQuery(request)[input.name] as string | undefined, input, errors);
    case 'form':
      return checkForm(request, input, errors);
    case 'body':
      return checkBody(request, input, errors);
    case 'upload': {
      const { upload } = payloadOf(request);
      if (upload!.media === undefined) throw unsupportedMediaType(Object.keys(input.media));
      return upload;
    }
    case 'embedded':
      refuseOtherMedia(request);
      return checkEmbedded(input.model, payloadOf(request).json, ['body'], errors);
    default:
      throw new Error('Unknown source of an input');
  }
}

function checkForm(request: Request, { model, variants }: ModelInput, errors: FieldError[]): unknown {
  const { form = {}, repeated = [], isJson, hasOtherMediaType } = payloadOf(request);
  // without a media type, the fields are missing, as in FastAPI
  if ((isJson || hasOtherMediaType) && request.headers['content-type'] !== undefined)
    throw unsupportedMediaType([FORM_MEDIA]);
  const value = variants && form[variants.by];
  const variant = value !== undefined && Object.hasOwn(variants!.models, value) ? variants!.models[value]! : model;
  if (variant !== model) refuseRepeated(variant, form, repeated, errors);
  return check(variant, form, ['body'], 'form', errors);
}

/** Refuses repeated fields (RFC 6749 §3.2). In FastAPI's own form the last value counts. */
function refuseRepeated(model: Type<object>, form: object, repeated: readonly string[], errors: FieldError[]): void {
  const known = new Set(declaredFields(model).map(({ name }) => name));
  for (const name of repeated.filter((one) => known.has(one))) {
    const input = isMasked(model, name) ? MASK : Reflect.get(form, name);
    errors.push(valueError(['body', name], 'The field can be sent only once', input));
  }
}

function checkBody(request: Request, { model, optional }: ModelInput, errors: FieldError[]): unknown {
  refuseOtherMedia(request);
  const { json, isText } = payloadOf(request);
  if (json === undefined && optional) return undefined;
  if (request.method === 'PATCH' && isMergePatchType(request)) return checkMergePatch(model, json, errors);
  return check(model, json, ['body'], isText ? 'form' : 'json', errors);
}

/**
 * Parses a path parameter. With `notFound`, an id beyond the safe integers is accepted here, and becomes a 404 later.
 */
export function checkPath(text: string, { type, name, notFound, piped }: PathInput, errors: FieldError[]): unknown {
  if (type === 'text' || (piped && text === undefined)) return text; // undefined for an optional path parameter
  return checkParameter(text, type === 'integer' && !notFound ? 'safe integer' : type, ['path', name], errors);
}

/** Parses a query parameter. */
export function checkQueryValue(
  text: string | undefined,
  { type = 'text', name, required }: QueryInput,
  errors: FieldError[],
): unknown {
  if (text === undefined && !required) return undefined;
  return checkParameter(text, type === 'integer' ? 'safe integer' : type, ['query', name], errors);
}

/** The 415 for a body in another media type. */
export const unsupportedMediaType = (medias: readonly string[]) =>
  new AppError(`Send the body as ${medias.join(' or ')}`, 415);

/** Returns the value as sent, for a pipe of the handler. */
function valueAsSent(request: Request, { from }: ModelInput): unknown {
  if (from === 'query') return request.query;
  if (from === 'path model') return request.params;
  refuseOtherMedia(request);
  return payloadOf(request).json;
}

/** Only JSON may reach a JSON route: a form post would need no CORS preflight. */
function refuseOtherMedia(request: Request): void {
  const { bytes, isJson, hasOtherMediaType } = payloadOf(request);
  const isPatch = request.method === 'PATCH';
  if (isPatch && isJsonPatchType(request)) throw unsupportedMediaType(PATCH_MEDIA);
  if (hasOtherMediaType || (bytes !== undefined && !isJson)) throw unsupportedMediaType([JSON_MEDIA]);
}

export const JSON_MEDIA = 'application/json';
/** RFC 7396. With plain JSON, a PATCH replaces whole fields. */
export const MERGE_PATCH_MEDIA = 'application/merge-patch+json';
export const PATCH_MEDIA = [JSON_MEDIA, MERGE_PATCH_MEDIA];
const isMergePatchType = (request: Request) => Boolean(request.is(MERGE_PATCH_MEDIA));
/** RFC 6902, which is not supported. */
const isJsonPatchType = (request: Request) => Boolean(request.is('application/json-patch+json'));

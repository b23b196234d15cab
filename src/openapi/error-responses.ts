import type { NamedError } from '../kernel/errors/app-error.js';
import { OVERLOADED } from '../kernel/http/admission.js';
import {
  badCredentials,
  forbidden,
  notAuthenticated,
  readOnlyToken,
  sessionNeeded,
} from '../kernel/errors/access.errors.js';
import { bodyInput, isConditional, readsBodyItself, type Contract, type Input } from '../kernel/http/contract.js';
import { FORM_MEDIA } from '../kernel/http/body.decorators.js';
import { tooManyAttempts, tooManyRequests } from '../rate-limit/rate-limit.errors.js';
import { preconditionFailed, preconditionRequired } from '../kernel/errors/precondition.errors.js';
import {
  checkPath,
  checkQueryValue,
  JSON_MEDIA,
  unsupportedMediaType,
  PATCH_MEDIA,
} from '../kernel/http/check-inputs.js';
import { declaredFields } from '../kernel/validation/model-metadata.js';
import { valueError, type FieldError } from '../kernel/errors/validation-failed.js';
import { check, checkEmbedded } from '../kernel/validation/validate.js';
import { keyErrors, keyMisuse } from './idempotency-key.js';

export interface ErrorResponse {
  readonly status: number;
  readonly description: string;
  readonly schema: 'HTTPError' | 'HTTPValidationError';
  /** The examples by name, in the format of OpenAPI. */
  readonly examples: Readonly<Record<string, { readonly value: { detail: string | readonly FieldError[] } }>>;
}

/** Returns the errors of a route: its own, and those that follow from its inputs and its access rule. */
export function errorResponses(contract: Contract, named: readonly NamedError[]): ErrorResponse[] {
  const sentences = new Map<number, Set<string>>();
  const add = (status: number, example: string) => {
    const known = sentences.get(status) ?? new Set<string>();
    sentences.set(status, known.add(example));
  };
  for (const { status, example } of [...named, ...ofConditions(contract), ...keyErrors(contract)]) add(status, example);
  if (contract.hasOwnPipes) add(400, 'Validation failed (numeric string is expected)');
  for (const [status, example] of [...ofAccess(contract), ...ofBody(contract)]) add(status, example);
  for (const input of contract.inputs)
    if (input.from === 'path' && input.notFound) add(input.notFound.status, input.notFound.example);
  const { withoutDatabase, alwaysAdmitted } = contract.returns;
  if (!withoutDatabase) add(503, 'The database is not available, try again');
  if (!alwaysAdmitted) add(503, OVERLOADED);
  if (!alwaysAdmitted) add(429, (contract.access.limit === undefined ? tooManyRequests : tooManyAttempts).example);
  const responses = [...sentences].map(([status, examples]) => ofStatus(status, [...examples]));
  const mistakes = mistakesOf(contract);
  if (mistakes.length > 0) responses.push(ofValidation(mistakes));
  return responses.toSorted((a, b) => a.status - b.status);
}

function* ofAccess({ access, isGet }: Contract): Generator<[number, string]> {
  if (access.public && !access.optional) return;
  const refusals = [
    ...(access.public ? [] : [notAuthenticated]),
    badCredentials,
    ...(access.roles.length > 0 ? [forbidden] : []),
    ...(access.sessionOnly ? [sessionNeeded] : isGet ? [] : [readOnlyToken]),
  ];
  for (const { status, example } of refusals) yield [status, example];
}

function ofConditions(contract: Contract): NamedError[] {
  if (!isConditional(contract)) return [];
  return contract.returns.requiresIfMatch ? [preconditionFailed, preconditionRequired] : [preconditionFailed];
}

function* ofBody(contract: Contract): Generator<[number, string]> {
  const input = bodyInput(contract);
  if (input === undefined && !readsBodyItself(contract)) return;
  yield [413, 'Payload Too Large'];
  yield [415, 'Unsupported Media Type'];
  if (input === undefined) {
    yield [400, 'There was an error parsing the body'];
    yield [400, TOO_MANY_FIELDS];
    if (contract.rawInputs.body === 'bytes') yield [415, unsupportedMediaType([JSON_MEDIA, FORM_MEDIA]).message];
  } else if (input.from === 'form') {
    yield [400, TOO_MANY_FIELDS];
    yield [415, unsupportedMediaType([FORM_MEDIA]).message];
  } else if (input.from === 'upload') {
    yield [400, 'The request body is incomplete'];
    yield [415, unsupportedMediaType(Object.keys(input.media)).message];
  } else {
    yield [400, 'There was an error parsing the body'];
    yield [415, unsupportedMediaType([JSON_MEDIA]).message];
    if (contract.acceptsMergePatch) yield [415, unsupportedMediaType(PATCH_MEDIA).message];
  }
}

const TOO_MANY_FIELDS = 'Too many fields. Maximum number of fields is 1000.';

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or a token in its body is not valid.',
  401: 'The token is missing, invalid or expired, or the credentials are wrong.',
  403: "You don't have permission, or a password or code in the body is wrong.",
  404: 'Not found, or not visible to you.',
  409: 'The request conflicts with the current state of the resource.',
  412: '`If-Match` does not match the current version.',
  413: 'The body is larger than 100 kB, or 100 MiB for an uploaded file.',
  415: 'The media type of the body is not supported, or the body is compressed.',
  416: 'The range is outside of the file.',
  428: '`If-Match` is required.',
  429: 'Too many requests or attempts. Try again after `Retry-After` seconds.',
  503: 'Temporarily unavailable. Try again after `Retry-After` seconds.',
};

function ofStatus(status: number, sentences: readonly string[]): ErrorResponse {
  const examples = Object.fromEntries(sentences.map((detail, i) => [`example${i + 1}`, { value: { detail } }]));
  return { status, description: DESCRIPTIONS[status] ?? 'The request failed.', schema: 'HTTPError', examples };
}

/**
 * Returns examples of a 422: the validation errors of an invalid request, and an idempotency key of another request.
 */
function mistakesOf(contract: Contract): FieldError[][] {
  const refusals = contract.inputs.map(refusalOf);
  if (readsBodyItself(contract)) refusals.push([BROKEN_JSON]);
  return [...refusals.filter(({ length }) => length > 0).slice(0, 1), ...keyMisuse(contract)];
}

const BROKEN_JSON: FieldError = {
  type: 'json_invalid',
  loc: ['body', 0],
  msg: 'JSON decode error',
  input: {},
  ctx: { error: 'Expecting value' },
};

function ofValidation(mistakes: FieldError[][]): ErrorResponse {
  const examples = Object.fromEntries(mistakes.map((detail, i) => [`example${i + 1}`, { value: { detail } }]));
  return {
    status: 422,
    description: 'Validation failed. `detail` lists all errors.',
    schema: 'HTTPValidationError',
    examples,
  };
}

function refusalOf(input: Input): FieldError[] {
  const errors: FieldError[] = [];
  if (input.from === 'path') checkPath('abc', input, errors);
  if (input.from === 'query value') checkQueryValue('abc', input, errors);
  if (!('model' in input) && input.from !== 'upload') return errors;
  if (input.from === 'upload') return [valueError(['body', 1], 'The file is empty', null)];
  const names = declaredFields(input.model).map(({ name }) => name);
  const candidates = [{}, ...names.flatMap((name) => [{ [name]: '!' }, { [name]: 5 }])];
  for (const value of candidates) {
    if (input.from === 'embedded') checkEmbedded(input.model, value, ['body'], errors);
    else if (input.from === 'query') check(input.model, value, ['query'], 'params', errors);
    else if (input.from === 'path model') check(input.model, value, ['path'], 'params', errors);
    else check(input.model, value, ['body'], input.from === 'form' ? 'form' : 'json', errors);
    if (errors.length > 0) return errors;
  }
  // a @Transform may make any value valid, but not a missing body
  if (input.from === 'body' && !input.optional) check(input.model, undefined, ['body'], 'json', errors);
  return errors;
}

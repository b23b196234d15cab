import { problemOf } from '../kernel/http/problem-details.js';
import { queryModel, type Contract, type PathInput } from '../kernel/http/contract.js';
import { UPLOAD_LIMIT_BYTES } from '../kernel/http/upload.js';
import { MAX_ID } from '../kernel/database/ids.js';
import { ruleArgument, declaredFields, hasRule, type Rule, type Type } from '../kernel/validation/model-metadata.js';
import { isExcluded } from '../kernel/validation/transformations.js';
import { MAX_ITEMS, withBounds } from './bounds.js';
import { conditionalParameters, unchanged } from './conditional.js';
import { errorResponses, type ErrorResponse } from './error-responses.js';
import { keyParameters, replayedHeader } from './idempotency-key.js';
import { mergePatchBody } from './merge-patch.js';
import type { Media, Operation, Parameter, Response } from './operation.js';
import {
  answerHeader,
  CONTENT_RANGE,
  EVERYWHERE,
  headerRef,
  INSUFFICIENT_SCOPE,
  RATE_LIMIT,
  REQUEST_ID,
  WHILE_IN_FLIGHT,
} from './response-headers.js';
import { firstSentence, isPaged, successDescription } from './success-description.js';
import { toJsonSchema, type Schema } from '../kernel/schema/json-schema.js';
import { completeProperty, isOptional } from './schema-rules.js';

/** Completes an operation of Nest's generator from its contract and its access rule. */
export function completeOperation(operation: Operation, contract: Contract): void {
  const { returns, inputs, access } = contract;
  const documented = operation.responses;
  describe(operation, contract);
  completeParameters(operation, contract);
  const upload = inputs.find(({ from }) => from === 'upload');
  if (upload?.from === 'upload') operation.requestBody = { ...operation.requestBody, content: uploaded(upload.media) };
  Object.assign(operation.requestBody?.content ?? {}, mergePatchBody(contract));
  const content = returns.media === undefined ? jsonOf(contract) : streamed(returns.media);
  const completed = {
    description: successDescription(contract),
    headers: { ...EVERYWHERE, ...successHeaders(contract) },
    ...(content === undefined ? {} : { content }),
    ...(returns.mediaOnRequest ? { 'x-content-on-request': returns.mediaOnRequest } : {}),
    ...linksOf(contract),
  };
  operation.responses = {
    [returns.status]: completed,
    ...(returns.ranges ? { 206: partOf(completed) } : {}),
    ...unchanged(contract),
    ...errors(contract),
  };
  honour(documented, operation.responses, returns.status >= 300 ? completed : undefined);
  if (!returns.alwaysAdmitted) tellOfLimit(operation.responses);
  if (!access.public) operation.security = [{ OAuth2PasswordBearer: [] }];
  else delete operation.security;
}

/**
 * Applies the responses of `@ApiResponse`, which override derived ones. Entries without a description come from the
 * plugin or from `@Returns`. `redirect` is that of `@Redirect`, which may have other statuses.
 */
function honour(documented: Operation['responses'], derived: Operation['responses'], redirect?: Response): void {
  for (const [status, { description, content, headers, ...rest }] of Object.entries(documented)) {
    if (!description) continue;
    const known = derived[status] ?? (status >= '400' ? plainError(description) : { ...redirect, description });
    derived[status] = {
      ...known,
      ...rest,
      description,
      headers: { ...EVERYWHERE, ...known.headers, ...headers },
      ...(content ? { content } : {}),
    };
  }
}

const schemaOf = (name: string): Media => ({ schema: { $ref: `#/components/schemas/${name}` } });

/** Returns an error response in the common format, without examples. */
function plainError(description: string): Response {
  const content = { 'application/json': schemaOf('HTTPError'), 'application/problem+json': schemaOf('Problem') };
  return { description, content };
}

function jsonOf(contract: Contract): Record<string, Media> | undefined {
  const { model, isArray } = contract.returns;
  if (model === undefined) return undefined;
  const one = { $ref: `#/components/schemas/${model.name}` };
  return {
    'application/json': {
      schema: isArray ? { type: 'array', items: one, maxItems: isPaged(contract) ? 100 : MAX_ITEMS } : one,
    } as Media,
  };
}

/** Adds the rate limit headers. They are optional, since a request may be refused before it is counted. */
function tellOfLimit(responses: Record<string, Response>): void {
  for (const response of Object.values(responses)) response.headers = { ...response.headers, ...RATE_LIMIT };
}

/** Splits the doc-comment: its first sentence is the summary, the rest the description. The access rule is appended. */
function describe(operation: Operation, { access }: Contract): void {
  const text = operation.summary ?? '';
  const first = firstSentence(text);
  operation.summary = first.replace(/\.$/, '');
  operation.description ??= [text.slice(first.length).trim(), accessLine(access)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function accessLine(access: Contract['access']): string {
  const roles = access.roles.map((role) => `\`${role}\``).join(' or ');
  const who = access.public ? 'everyone' : roles === '' ? 'any signed-in user' : `users with the role ${roles}`;
  const how = access.sessionOnly ? ', but not with a personal access token' : '';
  return `**Access:** ${who}${how}.`;
}

function completeParameters(operation: Operation, contract: Contract): void {
  const { inputs } = contract;
  const model = queryModel(contract);
  const fields = new Map(model ? declaredFields(model).map((field) => [field.name, field.rules]) : []);
  const withDefault = new Set(
    inputs.flatMap((input) => (input.from === 'query value' && input.hasDefault ? input.name : [])),
  );
  const inPath = new Map(inputs.flatMap((input) => (input.from === 'path' ? [[input.name, input] as const] : [])));
  const order = [...inPath.keys(), ...fields.keys()];
  const defaults = model ? new model() : {};
  operation.parameters = (operation.parameters ?? [])
    .filter((one) => one.in !== 'query' || model === undefined || !isExcluded(model, one.name, 'request'))
    .map((parameter) => {
      if (parameter.in === 'path' && inPath.has(parameter.name))
        return pathParameter(parameter, inPath.get(parameter.name)!);
      if (parameter.in === 'query' && withDefault.has(parameter.name)) return optional(parameter);
      return completeParameter(parameter, fields, model, defaults);
    })
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .concat(conditionalParameters(contract), keyParameters(contract));
}

const optional = (given: Parameter): Parameter => ({ ...given, required: false });

const OF_IDS = {
  integer: { type: 'integer', format: 'int32', minimum: 1, maximum: MAX_ID },
  uuid: { type: 'string', format: 'uuid', maxLength: 36 },
} as const;

/** Completes a path parameter. It is an id, unless it is a text; `@ApiParam` may add to it. */
function pathParameter(given: Parameter, { name, type, notFound }: PathInput): Parameter {
  if (type === 'text' || notFound === undefined) return { ...given, schema: withBounds(toJsonSchema(given.schema)) };
  const description = `Id of the ${name.replace(/_id$/, '')}.`;
  const { examples, ...said } = toJsonSchema(given.schema) as Schema & { examples?: unknown[] };
  const example = examples?.[0] ?? (type === 'integer' ? 1 : undefined);
  const schema = { ...said, ...OF_IDS[type] };
  return { description, ...given, required: true, schema, ...(example === undefined ? {} : { example }) };
}

function completeParameter(
  given: Parameter,
  fields: ReadonlyMap<string, readonly Rule[]>,
  model: Type<object> | undefined,
  defaults: object,
): Parameter {
  const { examples, ...schema } = toJsonSchema(given.schema) as Schema & { examples?: unknown[] };
  const rules = fields.get(given.name);
  if (given.in !== 'query' || rules === undefined) return given;
  const initial: unknown = Reflect.get(defaults, given.name);
  const optional = initial !== undefined || isOptional(rules);
  // null means that the parameter is absent, since the string `null` would be a value; the plugin does not see the
  // values of a nullable enum
  const plain = { ...schema, type: [schema.type].flat().find((type) => type !== 'null')!, ...wordsOf(rules) };
  return {
    ...given,
    required: !optional,
    schema: withBounds(completeProperty(given.name, plain, rules, model)),
    ...(examples === undefined ? {} : { example: examples[0] }),
  };
}

function wordsOf(rules: readonly Rule[]): { enum?: unknown[] } {
  return hasRule(rules, 'isEnum') ? { enum: Object.values(ruleArgument(rules, 'isEnum') as object) } : {};
}

/**
 * Returns the content of a streamed response. A body that is not a text has no schema, since its media type describes
 * it (OpenAPI 3.1, "Considerations for File Uploads").
 */
function streamed(media: Readonly<Record<string, string>>): Record<string, Media> {
  const bodies = Object.entries(media).map(([type, example]) => [
    type,
    { schema: /^text\/|json$/.test(type) ? { type: 'string' } : {}, example },
  ]);
  return Object.fromEntries(bodies) as Record<string, Media>;
}

function uploaded(media: Readonly<Record<string, string>>): Record<string, Media> {
  const schema = { type: 'string', maxLength: UPLOAD_LIMIT_BYTES };
  return Object.fromEntries(Object.entries(media).map(([type, example]) => [type, { schema, example }]));
}

function partOf(whole: Response): Response {
  const headers = { ...whole.headers, 'Content-Range': CONTENT_RANGE };
  return { ...whole, description: 'The requested range of the file.', headers };
}

function successHeaders(contract: Contract): Record<string, object> {
  const { returns, hasEntityTag } = contract;
  const own = Object.entries(returns.headers).map(([name, given]) => [name, answerHeader(given)]);
  return {
    ...(isPaged(contract) ? { Link: headerRef('Link'), 'X-Total-Count': headerRef('X-Total-Count') } : {}),
    ...(hasEntityTag ? { ETag: headerRef('ETag') } : {}),
    ...replayedHeader(contract),
    ...Object.fromEntries(own),
  };
}

function linksOf({ returns }: Contract): { links?: Record<string, object> } {
  const links = Object.entries(returns.links).map(([name, { operation, parameters }]) => [
    name,
    { operationId: operation, parameters },
  ]);
  return links.length === 0 ? {} : { links: Object.fromEntries(links) as Record<string, object> };
}

function errors(contract: Contract): Record<string, Response> {
  const responses = errorResponses(contract, contract.returns.errors);
  return Object.fromEntries(responses.map((response) => [response.status, documentError(response, contract)]));
}

function documentError({ status, description, schema, examples }: ErrorResponse, contract: Contract): Response {
  const { takesIdempotencyKey, returns } = contract;
  const headers: Record<string, object> = { ...EVERYWHERE };
  if (status === 401) headers['WWW-Authenticate'] = headerRef('WWW-Authenticate');
  if (status === 403) headers['WWW-Authenticate'] = INSUFFICIENT_SCOPE;
  if (status === 409 && takesIdempotencyKey) headers['Retry-After'] = WHILE_IN_FLIGHT;
  if (status === 415 && contract.acceptsMergePatch) headers['Accept-Patch'] = headerRef('Accept-Patch');
  if (status === 416) headers['Content-Range'] = CONTENT_RANGE;
  if (status === 429 || status === 503) headers['Retry-After'] = headerRef('Retry-After');
  const own = returns.errorCode ? schema.replace('HTTP', 'OAuth') : schema;
  const media = { schema: { $ref: `#/components/schemas/${own}` }, examples };
  const problem = {
    schema: { $ref: `#/components/schemas/${schema === 'HTTPError' ? 'Problem' : 'ValidationProblem'}` },
    examples: Object.fromEntries(
      Object.entries(examples).map(([name, { value }]) => [
        name,
        { value: problemOf(status, value.detail, REQUEST_ID) },
      ]),
    ),
  };
  return { description, headers, content: { 'application/json': media, 'application/problem+json': problem } };
}

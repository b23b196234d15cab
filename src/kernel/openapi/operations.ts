import type { NamedError } from '../errors/app-error.js';
import { problemOf } from '../http/problem.js';
import type { Schema } from '../schema/serializer.js';
import { UPLOAD_LIMIT_BYTES } from '../http/upload.js';
import { argument, declaredFields, has, type Rule, type Type } from '../validation/declared.js';
import { withBounds } from '../schema/bounds.js';
import { conditionalParameters, unchanged } from './conditional.js';
import { errorResponses, type ErrorResponse } from './error-responses.js';
import { keyParameters, replayedHeader } from './keyed.js';
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
import type { Route } from './routes.js';
import { completeProperty, isOptional, toJsonSchema } from './schemas.js';

/** Where in the request: `body`, names and positions. */
const PLACE = { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, maxItems: 8 };

/** The error bodies, in FastAPI's shapes. */
export const COMMON_SCHEMAS: Readonly<Record<string, Schema>> = {
  HTTPError: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
  HTTPValidationError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } } },
  },
  Problem: problemSchema(),
  ValidationProblem: problemSchema({
    errors: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } },
  }),
  ValidationError: {
    type: 'object',
    required: ['type', 'loc', 'msg', 'input'],
    properties: {
      type: { type: 'string' },
      loc: PLACE,
      msg: { type: 'string' },
      input: {},
      ctx: { type: 'object', additionalProperties: true },
    },
  },
};

/** RFC 9457's members, for clients that prefer `application/problem+json`. */
function problemSchema(more: Record<string, Schema> = {}): Schema {
  const string: Schema = { type: 'string' };
  const properties = {
    type: string,
    title: string,
    status: { type: 'integer' },
    detail: string,
    instance: string,
    ...more,
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

/** Completes what Nest's generator knows of an operation by what its contract and its access rule say. */
export function completeOperation(operation: Operation, route: Route): void {
  describe(operation, route);
  completeParameters(operation, route);
  const { returns, inputs } = route.contract;
  const upload = inputs.find(({ from }) => from === 'upload');
  if (upload?.from === 'upload') operation.requestBody = { ...operation.requestBody, content: uploaded(upload.media) };
  const { status, media } = returns!;
  const success = operation.responses[String(status)]!;
  const content = media === undefined ? success.content : streamed(media);
  const completed = {
    description: successDescription(route),
    headers: { ...EVERYWHERE, ...successHeaders(route) },
    ...(content === undefined ? {} : { content }),
    ...linksOf(route),
  };
  if (returns!.many) boundList(content?.['application/json']?.schema);
  operation.responses = {
    [status]: completed,
    ...(returns!.ranges ? { 206: partOf(completed) } : {}),
    ...unchanged(route),
    ...errors(route),
  };
  if (route.access.limit !== undefined) tellOfLimit(operation.responses);
  if (!route.access.public) operation.security = [{ OAuth2PasswordBearer: [] }];
}

/** Not where the request was refused before it was counted. */
function tellOfLimit(responses: Record<string, Response>): void {
  for (const response of Object.values(responses)) response.headers = { ...response.headers, ...RATE_LIMIT };
}

/** The doc-comment's first sentence is the summary, all of it the description, with who may call. */
function describe(operation: Operation, { operationId, access }: Route): void {
  const text = operation.summary ?? '';
  const first = /^[^]*?\.(?=\s|$)/.exec(text)?.[0];
  if (first === undefined) throw new Error(`${operationId} needs a doc-comment of one sentence or more`);
  operation.summary = first.slice(0, -1);
  const roles = access.roles.join(', ');
  const who = access.public ? 'everybody' : roles === '' ? 'any signed-in user' : `the role ${roles}`;
  const how = access.sessionOnly ? ', but no access token' : '';
  operation.description = `${text}\n\n**Access:** ${who}${how}.`;
}

function completeParameters(operation: Operation, route: Route): void {
  const { inputs } = route.contract;
  const query = inputs.find(({ from }) => from === 'query');
  const model = query && 'model' in query ? query.model : undefined;
  const fields = new Map(model ? declaredFields(model).map((field) => [field.name, field.rules]) : []);
  const inPath = new Map(inputs.flatMap((input) => (input.from === 'path' ? [[input.name, input.example]] : [])));
  const order = [...inPath.keys(), ...fields.keys()];
  const defaults = model ? new model() : {};
  operation.parameters = (operation.parameters ?? [])
    .map((parameter) =>
      inPath.has(parameter.name)
        ? Object.assign(parameter, { example: inPath.get(parameter.name) })
        : completeParameter(parameter, fields, model, defaults),
    )
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .concat(conditionalParameters(route), keyParameters(route));
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
  // an absent parameter is null: the string `null` would be a value; and the plugin does not see the words of a nullable enum
  const plain = { ...schema, type: [schema.type].flat().find((type) => type !== 'null')!, ...wordsOf(rules) };
  return {
    ...given,
    required: !optional,
    schema: withBounds(completeProperty(given.name, plain, rules, model)),
    ...(examples === undefined ? {} : { example: examples[0] }),
  };
}

function wordsOf(rules: readonly Rule[]): { enum?: unknown[] } {
  return has(rules, 'isEnum') ? { enum: Object.values(argument(rules, 'isEnum') as object) } : {};
}

function successDescription({ contract: { returns } }: Route): string {
  if (returns!.media !== undefined) return 'The stream.';
  if (returns!.model === undefined) return 'Done.';
  return returns!.status === 201 ? 'Made.' : 'Good.';
}

/** A body that is no text has no schema: its media type says it all (OpenAPI 3.1, "Considerations for File Uploads"). */
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
  return { ...whole, description: 'The part that `Range` asks for.', headers };
}

function successHeaders(route: Route): Record<string, object> {
  const { returns, tagged } = route.contract;
  const own = Object.entries(returns!.headers).map(([name, given]) => [name, answerHeader(given)]);
  return {
    ...(returns!.many ? { Link: headerRef('Link') } : {}),
    ...(tagged ? { ETag: headerRef('ETag') } : {}),
    ...replayedHeader(route),
    ...Object.fromEntries(own),
  };
}

function linksOf({ contract: { returns } }: Route): { links?: Record<string, object> } {
  const links = Object.entries(returns!.links).map(([name, { operation, parameters }]) => [
    name,
    { operationId: operation, parameters },
  ]);
  return links.length === 0 ? {} : { links: Object.fromEntries(links) as Record<string, object> };
}

function boundList(schema: (Schema & { maxItems?: number }) | undefined): void {
  if (schema?.type === 'array') schema.maxItems = 100;
}

function errors(route: Route): Record<string, Response> {
  const named: readonly NamedError[] = route.contract.returns!.errors;
  const responses = errorResponses(route, named);
  return Object.fromEntries(responses.map((response) => [response.status, documentError(response, route)]));
}

function documentError({ status, description, schema, examples }: ErrorResponse, { contract }: Route): Response {
  const headers: Record<string, object> = { ...EVERYWHERE };
  if (status === 401) headers['WWW-Authenticate'] = headerRef('WWW-Authenticate');
  if (status === 403) headers['WWW-Authenticate'] = INSUFFICIENT_SCOPE;
  if (status === 409 && contract.keyed) headers['Retry-After'] = WHILE_IN_FLIGHT;
  if (status === 416) headers['Content-Range'] = CONTENT_RANGE;
  if (status === 429 || status === 503) headers['Retry-After'] = headerRef('Retry-After');
  const media = { schema: { $ref: `#/components/schemas/${schema}` }, examples };
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

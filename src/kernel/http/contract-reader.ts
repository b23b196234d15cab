import { RequestMethod } from '@nestjs/common';
import {
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  REDIRECT_METADATA,
  RENDER_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DECORATORS } from '@nestjs/swagger';
import { accessRule } from '../access/access.js';
import { versionedEntity } from '../database/versioned.js';
import { responseSerializer } from '../schema/response-serializer.js';
import { isPipedModel, ENDS_WITH_ID, type Contract, type Input, type ResponseContract } from './contract.js';
import { pathOf, selectorOf, type Getters } from './getters.js';
import { parametersOf, type Controller, type Method, type Parameter } from './handlers.js';
import { assertDistinct, hasOtherPipes, inputOf } from './parameter-inputs.js';
import { takesMultipart } from './multipart.js';
import { pipesOf } from './own-pipes.js';
import { rawInputsOf, type RawInputs } from './raw-inputs.js';
import { declaredResponseOf, DEFAULTS, type DeclaredResponse } from './returns.js';

// Reads the contract of a handler from the metadata of Nest's decorators.

/** The order of inputs, and so of errors, as in FastAPI. */
const ORDER: Readonly<Record<Input['from'], number>> = {
  path: 0,
  'path model': 0,
  query: 1,
  'query value': 1,
  form: 2,
  body: 2,
  embedded: 2,
  upload: 2,
};

/** Parameters with which a handler writes the response itself. */
const WRITERS: ReadonlySet<Parameter['type']> = new Set([RouteParamtypes.RESPONSE, RouteParamtypes.NEXT]);

/** The methods with idempotency keys. `@All()` takes them for those in IDEMPOTENCY_KEY_METHODS. */
const TAKE_KEYS = new Set([RequestMethod.POST, RequestMethod.PUT, RequestMethod.PATCH, RequestMethod.ALL]);
/** The methods whose bodies are not read. */
const BODILESS = new Set([RequestMethod.GET, RequestMethod.HEAD, RequestMethod.OPTIONS]);

/**
 * Reads the contract of a documented handler. Throws an Error, whose message continues the handler's name, for a
 * mistake.
 */
export function readContract(controller: Controller, [name, handler]: Method, id: string, getters: Getters): Contract {
  const returns = declaredReturns(handler);
  const parameters = parametersOf(controller, [name, handler]);
  const writesResponse = parameters.some(({ type }) => WRITERS.has(type));
  if (writesResponse && !isPassthrough(controller, name)) assertMedia(returns);
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  const access = accessRule(controller, handler);
  const inputs = inputsOf(parameters, pipesOf(controller, handler));
  assertOneSuccess(handler, returns, writesResponse);
  const showsVersion = !returns.isArray && versionedEntity(returns.model) !== undefined;
  const shownBy = getters.of(controller, handler);
  const resource = shownBy && shownEntity(shownBy);
  const isMultipart = takesMultipart(controller, handler, parameters);
  const takesIdempotencyKey = TAKE_KEYS.has(method) && !isMultipart && takesKeys(inputs, returns);
  assertConditional(returns, resource);
  return {
    operationId: id,
    handler: { controller: controller.name, name },
    selector: selectorOf(controller, handler),
    path: `/${[pathOf(controller), pathOf(handler)].filter((part) => part !== '').join('/')}`,
    inputs,
    rawInputs: rawInputs(parameters, method, access.public),
    returns,
    access,
    isGet: method === RequestMethod.GET,
    resource,
    hasEntityTag: showsVersion && method !== RequestMethod.PUT && (resource !== undefined || returns.status === 201),
    variesByCaller: resource !== undefined && !ENDS_WITH_ID.test(pathOf(shownBy!)),
    acceptsMergePatch: method === RequestMethod.PATCH && inputs.some(({ from }) => from === 'body'),
    takesMultipart: isMultipart,
    takesIdempotencyKey,
    hasOwnPipes: parameters.some(hasOtherPipes) || inputs.some(isPipedModel),
    writesResponse,
    serialize: responseSerializer(returns.model, returns.isArray),
  };
}

/** Throws an Error for a handler that writes its response, although it has a response model. */
function assertMedia({ media }: ResponseContract): void {
  if (media !== undefined) return;
  throw new Error(
    'sends its response with @Res(), which bypasses its response model: use { passthrough: true }, or @ReturnsMedia',
  );
}

function assertConditional({ requiresIfMatch }: ResponseContract, resource: Contract['resource']): void {
  if (requiresIfMatch && !resource)
    throw new Error('requires If-Match (requiresIfMatch), but its path has no @Versioned model');
}

/** Returns what the handler declares. Throws an Error if it declares no response, or streams or renders another one. */
function declaredReturns(handler: object): ResponseContract {
  const returns = returnsOf(handler);
  if (returns === undefined)
    throw new Error('declares no response: add @Returns, or @ApiExcludeEndpoint for plain Nest');
  if (Reflect.hasMetadata(SSE_METADATA, handler))
    throw new Error(
      'streams events (@Sse), which a response model cannot describe: use @ApiExcludeEndpoint for plain Nest',
    );
  if (returns.model && isGenerator(handler))
    throw new Error(
      'is a generator, whose values are streamed without its response model: return a list, or use @ReturnsMedia',
    );
  if (returns.media === undefined && Reflect.hasMetadata(RENDER_METADATA, handler))
    throw new Error(
      'renders a view (@Render), which bypasses its response model: use @ReturnsMedia, or @ApiExcludeEndpoint for plain Nest',
    );
  return returns;
}

const isGenerator = ({ constructor }: object) => /^(?:Async)?GeneratorFunction$/.test(constructor.name);

/**
 * Whether a route supports idempotency keys. Routes with files, without the database, or with secret responses (which
 * are never stored) do not.
 */
function takesKeys(inputs: readonly Input[], { withoutDatabase, secret, media }: ResponseContract): boolean {
  return !withoutDatabase && !secret && media === undefined && !inputs.some(({ from }) => from === 'upload');
}

function inputsOf(parameters: readonly Parameter[], pipes: readonly unknown[]): Input[] {
  const inputs = parameters.flatMap((parameter) => inputOf(parameter, pipes) ?? []).toSorted(byOrder);
  assertDistinct(inputs);
  return inputs;
}

function rawInputs(parameters: readonly Parameter[], method: RequestMethod, isPublic: boolean): RawInputs {
  const taken = rawInputsOf(parameters, isPublic);
  return BODILESS.has(method) ? { ...taken, body: 'none' } : taken;
}

const byOrder = (a: Input, b: Input) => ORDER[a.from] - ORDER[b.from];

function returnsOf(handler: object): ResponseContract | undefined {
  const declared = declaredResponseOf(handler);
  const redirect = Reflect.getMetadata(REDIRECT_METADATA, handler) as { statusCode?: number } | undefined;
  const headers = { ...headersOf(handler), ...declared?.headers };
  if (redirect) return redirectOf({ ...DEFAULTS, ...declared, headers }, redirect.statusCode);
  if (declared === undefined) return undefined;
  const status = (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? 200;
  if (status === 204 && declared.model) throw new Error('returns 204, which has no body: use @ReturnsNothing');
  return { ...declared, status, headers };
}

/** The response of `@Redirect`, with which Nest never sends another one. */
function redirectOf(
  declared: Omit<DeclaredResponse, 'model' | 'isArray'> & Partial<DeclaredResponse>,
  status = 302,
): ResponseContract {
  if (declared.model)
    throw new Error('redirects, and so never sends its response model: use @ReturnsNothing, or remove @Redirect');
  const headers = { Location: 'Address of the redirect target.', ...declared.headers };
  return { ...declared, model: undefined, isArray: false, media: REDIRECT_MEDIA, ranges: false, headers, status };
}

/** What Express writes to a client that accepts text or HTML. Others get no body. */
const REDIRECT_MEDIA = { 'text/plain': 'Redirecting to /', 'text/html': '<p>Redirecting to /</p>' };

/** Throws if `@ApiResponse` describes a success other than that of `@Returns`, which is the only one. */
function assertOneSuccess(handler: object, { status, media, ranges }: ResponseContract, writesResponse: boolean): void {
  if (media !== undefined && writesResponse) return; // the handler sets the status
  const documented = (Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {}) as Record<
    string,
    { description?: string }
  >;
  for (const [other, { description }] of Object.entries(documented)) {
    if (!description || !/^2\d\d$/.test(other) || Number(other) === status || (ranges && other === '206')) continue;
    throw new Error(
      `documents the status ${other}, but returns ${status}: set it with @Returns(…, { status: ${other} }), or remove the @Api…Response`,
    );
  }
}

/** The headers of `@Header`. */
function headersOf(handler: object): ResponseContract['headers'] {
  const set = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as { name: string }[];
  return Object.fromEntries(set.map(({ name }) => [name, 'Set by the handler.']));
}

function isPassthrough(controller: Controller, name: string): boolean {
  return Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, name) === true;
}

/** The versioned entity that a handler shows. */
function shownEntity(getter: object): Contract['resource'] {
  const declared = declaredResponseOf(getter);
  return declared && !declared.isArray ? versionedEntity(declared.model) : undefined;
}

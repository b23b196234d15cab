import { RequestMethod } from '@nestjs/common';
import {
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  REDIRECT_METADATA,
  RESPONSE_PASSTHROUGH_METADATA,
  SSE_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DECORATORS } from '@nestjs/swagger';
import { accessRule } from '../access/access.js';
import { versionedEntity } from '../database/versioned.js';
import { responseSerializer } from '../schema/response-serializer.js';
import { isPipedModel, NAMED_BY_ID, type Contract, type Input, type Returned } from './contract.js';
import { handlersOf, parametersOf, type Controller, type Parameter } from './handlers.js';
import { assertDistinct, hasOtherPipes, inputOf } from './parameter-inputs.js';
import { takesMultipart } from './multipart.js';
import { hasValidationPipe } from './own-pipes.js';
import { declaredAnswer, DEFAULTS } from './returns.js';

/** The order in which errors are listed, as FastAPI does it; within each, as declared. */
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

/** Parameters with which a handler answers by itself. */
const WRITERS: ReadonlySet<Parameter['type']> = new Set([RouteParamtypes.RESPONSE, RouteParamtypes.NEXT]);

const WRITES = new Set([RequestMethod.POST, RequestMethod.PUT, RequestMethod.PATCH]);

/** The contract of a documented handler. Throws a programmer's Error for one that is not declared well. */
export function readContract(controller: Controller, name: string, handler: object, operationId: string): Contract {
  const returns = returnsOf(handler);
  if (returns === undefined)
    throw new Error('declares no response: add @Returns, or @ApiExcludeEndpoint for plain Nest');
  if (Reflect.hasMetadata(SSE_METADATA, handler))
    throw new Error('streams events (@Sse), which no response model describes: use @ApiExcludeEndpoint for plain Nest');
  const parameters = parametersOf(controller, [name, handler]);
  const writesItself = parameters.some(({ type }) => WRITERS.has(type));
  if (writesItself && returns.media === undefined && !isPassthrough(controller, name)) {
    throw new Error('writes its answer by @Res() past its response model: use { passthrough: true }, or @ReturnsMedia');
  }
  const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod;
  const inputs = inputsOf(parameters, hasValidationPipe(controller, handler));
  assertOneSuccess(handler, returns, writesItself);
  const shown = returns.many ? undefined : versionedEntity(returns.model);
  const resource = shownEntity(controller, pathOf(handler));
  const isForm = takesMultipart(controller, handler, parameters);
  const takesIdempotencyKey = WRITES.has(method) && !isForm && takesKeys(inputs, returns);
  if (returns.onlyIfMatch && !resource)
    throw new Error('demands If-Match (onlyIfMatch), but its path shows no @Versioned model');
  return {
    operationId,
    handler: { controller: controller.name, name },
    path: `/${[pathOf(controller), pathOf(handler)].filter((part) => part !== '').join('/')}`,
    inputs,
    returns,
    access: accessRule(handler, controller),
    safe: method === RequestMethod.GET,
    resource,
    tagged: shown !== undefined && method !== RequestMethod.PUT && (resource !== undefined || returns.status === 201),
    personal: resource !== undefined && !NAMED_BY_ID.test(pathOf(handler)),
    mergeable: method === RequestMethod.PATCH && inputs.some(({ from }) => from === 'body'),
    takesIdempotencyKey,
    ownPipes: parameters.some(hasOtherPipes) || inputs.some(isPipedModel),
    writesItself,
    serialize: responseSerializer(returns.model, returns.many),
  };
}

/** Not where a file comes or goes, where there is no database, or where the answer is a secret, which is never stored. */
function takesKeys(inputs: readonly Input[], { offline, secret, media }: Returned): boolean {
  return !offline && !secret && media === undefined && !inputs.some(({ from }) => from === 'upload');
}

function inputsOf(parameters: readonly Parameter[], isPiped: boolean): Input[] {
  const inputs = parameters.flatMap((parameter) => inputOf(parameter, isPiped) ?? []).toSorted(byOrder);
  assertDistinct(inputs);
  return inputs;
}

const byOrder = (a: Input, b: Input) => ORDER[a.from] - ORDER[b.from];

function returnsOf(handler: object): Returned | undefined {
  const declared = declaredAnswer(handler);
  const status = (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? 200;
  if (declared) {
    if (status === 204 && declared.model) throw new Error('answers 204, which has no body: use @ReturnsNothing');
    return { ...declared, status, headers: { ...headersOf(handler), ...declared.headers } };
  }
  const redirect = Reflect.getMetadata(REDIRECT_METADATA, handler) as { statusCode?: number } | undefined;
  return redirect && { ...REDIRECTS, status: redirect.statusCode ?? 302 };
}

/** What `@ApiResponse` says of a success is said of the one that `@Returns` declares, which is the only one that comes. */
function assertOneSuccess(handler: object, { status, media, ranges }: Returned, writesItself: boolean): void {
  if (media !== undefined && writesItself) return; // the handler knows
  const said = (Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {}) as Record<
    string,
    { description?: string }
  >;
  for (const [other, { description }] of Object.entries(said)) {
    if (!description || !/^2\d\d$/.test(other) || Number(other) === status || (ranges && other === '206')) continue;
    throw new Error(
      `documents the status ${other}, but answers ${status}: say it in @Returns(…, { status: ${other} }), or take the @Api…Response away`,
    );
  }
}

/** What `@Header` puts on the answer. */
function headersOf(handler: object): Returned['headers'] {
  const set = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as { name: string }[];
  return Object.fromEntries(set.map(({ name }) => [name, 'Set by the handler.']));
}

const REDIRECTS = {
  ...DEFAULTS,
  model: undefined,
  many: false,
  media: { 'text/plain': 'Redirecting to /', 'text/html': '<p>Redirecting to /</p>' },
  headers: { Location: 'Where it is.' },
} as const;

function isPassthrough(controller: Controller, name: string): boolean {
  return Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, name) === true;
}

/** The path that a controller or a handler declares, without slashes around it: the first one, where there are several. */
function pathOf(target: object): string {
  const [path = ''] = [(Reflect.getMetadata(PATH_METADATA, target) ?? '') as string | string[]].flat();
  return path.replaceAll(/^\/|\/$/g, '');
}

/** The entity whose row the GET of a path shows, if it has versions. */
function shownEntity(controller: Controller, path: string): Contract['resource'] {
  const get = handlersOf(controller).find(
    ([, handler]) => Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET && pathOf(handler) === path,
  );
  const declared = get && declaredAnswer(get[1]);
  return declared && !declared.many ? versionedEntity(declared.model) : undefined;
}

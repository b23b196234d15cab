import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import { bodyInput, bodyModels, IDEMPOTENCY_KEY_METHODS, type Contract } from '../kernel/http/contract.js';
import { Contracts } from '../kernel/http/contracts.js';
import { DeclarationError, inFileOf } from '../kernel/http/declaration-error.js';
import { withBounds } from './bounds.js';
import { toJsonSchema, type Schema } from '../kernel/schema/json-schema.js';
import { modelSchemas } from './model-schemas.js';
import { asForm } from './schema-rules.js';
import type { Type } from '../kernel/validation/model-metadata.js';
import { addDemoExamples, type DemoExamples } from './demo-examples.js';
import type { Operation } from './operation.js';
import { COMMON_SCHEMAS } from './error-schemas.js';
import { mergePatchSchemas } from './merge-patch.js';
import { completeOperation } from './operations.js';
import { RESPONSE_HEADERS } from './response-headers.js';
import { shareResponses } from './shared-responses.js';
import { extraModels } from './extra-models.js';
import { tagsOf } from './tags.js';

/** Relative to dist/src/openapi, where this file is compiled to. */
const PACKAGE = new URL('../../../package.json', import.meta.url);

const DESCRIPTION = `A company's core API: accounts, catalogue, orders, posts, mail, reports and exports.

**Sign in** with e-mail and password: send them to \`POST /auth/token\`, or press Authorize in the [explorer](docs).
Send the access token in the \`Authorization\` header of each request. For scripts, create a personal access token
with \`POST /auth/access-tokens\`.

**Errors** have the body \`{"detail": …}\`. \`detail\` is a sentence or, for a 422, a list of all errors.

**Lists** are returned in pages of \`limit\` rows. To read a long list, follow the \`next\` URL in the \`Link\` header
of each response: every page takes the same time.

**Values:** times are UTC in ISO 8601, and amounts of money are integers in cents.`;

const SIGNING_IN = `Sign in with e-mail address and password. The access token is a JWT. It is validated as RFC8725
recommends: only one algorithm is accepted, and issuer, audience and times are checked.`;

/**
 * Builds the OpenAPI 3.1 document from the application's contracts, the `@Api…` decorators and the demo examples. A
 * pure function: the application does not depend on its result. Throws DeclarationError with all wrong declarations.
 */
export function buildDocument(
  app: INestApplication,
  demo: ReadonlyMap<string, DemoExamples> = new Map(),
): OpenAPIObject {
  const declared = app.get(Contracts);
  const contracts = declared.all();
  const document = generate(app, declared, contracts);
  document.openapi = '3.1.0';
  document.paths = byName(document.paths);
  const operations = operationsOf(document);
  for (const operation of operations) completeOperation(operation, contractOf(operation, contracts));
  distinguish(operations);
  addDemoExamples(operations, demo);
  document.tags = tagsOf(declared.controllers(), operations);
  document.components = {
    ...document.components,
    schemas: byName(schemasOf([...contracts.values()], document, extraModels(declared.controllers()))) as never,
    headers: RESPONSE_HEADERS as never,
    responses: byName(shareResponses(operations)) as never,
  };
  locateSignIn(document);
  return document;
}

/**
 * Returns the document that Nest's generator creates. Throws DeclarationError with the mistakes of contracts and paths.
 */
function generate(app: INestApplication, declared: Contracts, contracts: ReadonlyMap<string, Contract>): OpenAPIObject {
  const { operationIds, mistakes: ofContracts } = declared.declarations;
  const mistakes = [...ofContracts];
  let document: OpenAPIObject | undefined;
  try {
    document = SwaggerModule.createDocument(app, head(), {
      operationIdFactory: (controller, method) => operationIds.nameIn(controller, method.replace(ALIAS, '')),
    });
    operationsOf(document); // removes the methods that OpenAPI does not know
    mistakes.push(...ghosts(document, contracts));
  } catch (error) {
    if (mistakes.length === 0) throw error; // otherwise the generator failed because of these mistakes
  }
  if (document === undefined || mistakes.length > 0) throw new DeclarationError(mistakes);
  return document;
}

/** Sorts by name, so that a new resource does not change the order of the others. */
function byName<T>(things: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(things).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the operations of the document. Removes those of `@All()` whose methods OpenAPI does not know. */
function operationsOf({ paths }: OpenAPIObject): Operation[] {
  return Object.values(paths).flatMap((item) => {
    const methods = item as Record<string, Operation>;
    for (const method of Object.keys(methods)) if (!METHODS.has(method)) delete methods[method];
    return Object.values(methods);
  });
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** The suffix by which Nest's generator distinguishes the paths of one handler: `name[0]`, `name[1]`. */
const ALIAS = /\[\d+\]$/;

function contractOf({ operationId }: Operation, contracts: ReadonlyMap<string, Contract>): Contract {
  const contract = knownContract(operationId, contracts);
  if (contract === undefined) throw new Error(`The operation ${operationId} has no handler`);
  const method = ALL_METHOD.exec(operationId)?.[1];
  if (method === undefined || contracts.has(operationId) || IDEMPOTENCY_KEY_METHODS.has(method.toUpperCase()))
    return contract;
  return { ...contract, takesIdempotencyKey: false };
}

/** The suffix that Nest's generator appends to the operation ids of `@All()`: `anything_get`. */
const ALL_METHOD = /_([a-z]+)$/;

const knownContract = (operationId: string, contracts: ReadonlyMap<string, Contract>) =>
  contracts.get(operationId) ?? contracts.get(operationId.replace(ALL_METHOD, ''));

/**
 * Returns mistakes about `@Param` names that none of the handler's paths has. The paths are known only in the document.
 */
function ghosts({ paths }: OpenAPIObject, contracts: ReadonlyMap<string, Contract>): string[] {
  const pathsOf = new Map<Contract, string[]>();
  for (const [path, item] of Object.entries(paths)) {
    for (const operation of Object.values(item as Record<string, Operation>)) {
      const contract = knownContract(operation.operationId, contracts);
      if (contract) pathsOf.set(contract, [...(pathsOf.get(contract) ?? []), path]);
    }
  }
  return [...pathsOf].flatMap(([contract, known]) => ghostsOf(contract, known));
}

function ghostsOf({ inputs, handler: { controller, name } }: Contract, paths: readonly string[]): string[] {
  return inputs.flatMap((input) => {
    if (input.from !== 'path' || input.piped || paths.some((path) => path.includes(`{${input.name}}`))) return [];
    const mistake = `takes @Param('${input.name}'), but its path has no such parameter: add :${input.name} to the path, or correct the name`;
    return [`${controller}.${name} ${mistake}${inFileOf(controller)}`];
  });
}

/** Makes the operationIds unique, since a handler with several paths is several operations. */
function distinguish(operations: readonly Operation[]): void {
  const given = new Set(operations.map(({ operationId }) => operationId));
  const seen = new Set<string>();
  for (const operation of operations) {
    const { operationId } = operation;
    let count = 1;
    if (seen.has(operationId)) {
      do count++;
      while (given.has(operationId + count));
      operation.operationId = operationId + count;
    }
    given.add(operation.operationId);
    seen.add(operation.operationId);
  }
}

/**
 * Returns the schemas of all models. Of those that Nest's generator added, entities that no operation refers to are
 * left out.
 */
function schemasOf(
  contracts: readonly Contract[],
  document: OpenAPIObject,
  extra: readonly string[],
): Record<string, Schema> {
  const taken = contracts.flatMap(bodyModels);
  const given = contracts.flatMap(({ returns }) => returns.model ?? []);
  const schemas: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(COMMON_SCHEMAS)) schemas[name] = withBounds(schema);
  Object.assign(schemas, modelSchemas(given, 'response'), modelSchemas(taken, 'request'));
  for (const contract of contracts) Object.assign(schemas, mergePatchSchemas(contract));
  for (const model of formsOf(contracts)) schemas[model.name] = asForm(schemas[model.name]!);
  const generated = (document.components?.schemas ?? {}) as Record<string, object>;
  for (const name of [...referredTo(document), ...extra]) {
    if (!(name in schemas) && generated[name]) schemas[name] = withBounds(toJsonSchema(generated[name]));
  }
  return schemas;
}

function formsOf(contracts: readonly Contract[]): Type<object>[] {
  return contracts.filter((contract) => bodyInput(contract)?.from === 'form').flatMap(bodyModels);
}

/** Returns the names of the schemas that operations refer to, by contract or by a decorator of Nest. */
function referredTo({ paths }: OpenAPIObject): Set<string> {
  const found = JSON.stringify(paths).matchAll(/"#\/components\/schemas\/([^"]+)"/g);
  return new Set([...found].map(([, name]) => name!));
}

function head() {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const builder = new DocumentBuilder().setTitle('Aerie').setDescription(DESCRIPTION).setVersion(version);
  const flows = { password: { tokenUrl: '/auth/token', refreshUrl: '/auth/token', scopes: {} } };
  builder.addOAuth2({ type: 'oauth2', flows, description: SIGNING_IN }, 'OAuth2PasswordBearer');
  const server = {
    url: '/',
    description:
      'The local, staging or production server that this document comes from. Tools that read the document from a file need an absolute URL instead.',
    'x-internal': false,
  };
  const { info, ...head } = builder.build();
  return { ...head, info: { ...info, contact: { name: 'Operators of this server' } }, servers: [server] };
}

/**
 * Sets the token URLs to the path of sign-in, which may have a global prefix. Both grants use the same token endpoint
 * (RFC 6749 §6).
 */
function locateSignIn({ paths, components }: OpenAPIObject): void {
  const scheme = components!.securitySchemes!['OAuth2PasswordBearer'] as {
    flows: { password: { tokenUrl: string; refreshUrl: string } };
  };
  const { password } = scheme.flows;
  const path = Object.entries(paths).find(([, { post }]) => post?.operationId === 'signIn')?.[0];
  if (path !== undefined) password.tokenUrl = password.refreshUrl = path;
}

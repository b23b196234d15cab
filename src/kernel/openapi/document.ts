import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { readFileSync } from 'node:fs';
import type { Schema, Schemas } from '../schema/serializer.js';
import { compileSerializer } from '../schema/serializer.js';
import { assertModel } from '../validation/validate.js';
import { withBounds } from '../schema/bounds.js';
import { findResource } from './conditional.js';
import { findKeyed } from './keyed.js';
import type { Operation } from './operation.js';
import { COMMON_SCHEMAS, completeOperation } from './operations.js';
import { RESPONSE_HEADERS } from './response-headers.js';
import { routesOf, type Route } from './routes.js';
import { shareResponses } from './shared-responses.js';
import { asForm, completeSchema, modelsOf, toJsonSchema } from './schemas.js';

/** Compiled to dist/src/kernel/openapi. */
const PACKAGE = new URL('../../../../package.json', import.meta.url);

const DESCRIPTION = `A company's core API: accounts, catalogue, orders, posts, mail, reports and exports.

Sign in with **Authorize** (e-mail and password). Scripts take an access token (\`POST /auth/access-tokens\`) instead, in
the same header. Errors are \`{"detail": …}\`: a sentence, or for a 422 the list of all
that is wrong. Lists take \`page\` and \`limit\` and answer a \`Link\` header; its \`next\` costs the same on every page.`;

const SIGNING_IN = `E-mail address and password. The access token is a JWT that is judged as RFC8725 advises: one algorithm,
and its issuer, audience and times are checked.`;

const TAGS: readonly (readonly [string, string])[] = [
  ['users', 'Accounts.'],
  ['profile', 'Your own account.'],
  ['auth', 'Signing in and out, second factors, access tokens for scripts.'],
  ['items', 'The catalogue.'],
  ['orders', 'Buying.'],
  ['posts', 'What people write.'],
  ['mail', 'Sending mails.'],
  ['jobs', 'Work in the background: where it stands, and another try.'],
  ['reports', 'Figures and exports.'],
  ['audit', 'Who did what.'],
  ['health', 'For operators.'],
];

/**
 * The OpenAPI 3.1 document, made of the very contracts and rules that the server judges by; also compiles every route's
 * serializer from it. Once, at start. Throws a programmer's Error for a route or model that is not declared well.
 */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const routes = routesOf(app);
  for (const { contract } of routes.values()) {
    for (const input of contract.inputs) if ('model' in input) assertModel(input.model);
  }
  const document = SwaggerModule.createDocument(app, head(), { operationIdFactory: (_controller, method) => method });
  document.openapi = '3.1.0';
  const { taken, given } = modelsOf(routes.values());
  const generated = document.components!.schemas as Record<string, object>;
  const schemas: Record<string, Schema> = { ...COMMON_SCHEMAS };
  for (const [name, model] of [...taken, ...given]) {
    // of the classes that Nest's generator saw, only those that routes name: an entity is nobody's model
    if (generated[name]) schemas[name] = completeSchema(model, toJsonSchema(generated[name]), taken.has(name));
  }
  for (const { contract } of routes.values()) {
    for (const input of contract.inputs) {
      if (input.from === 'form') schemas[input.model.name] = asForm(schemas[input.model.name]!);
    }
  }
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = withBounds(schema);
  document.components!.schemas = schemas as never;
  document.components!.headers = RESPONSE_HEADERS as never;
  for (const item of Object.values(document.paths)) {
    const methods = Object.entries(item) as [string, Operation][];
    const ofPath = new Map(methods.map(([method, { operationId }]) => [method, routes.get(operationId)!]));
    findResource(ofPath);
    findKeyed(ofPath);
  }
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods) as Operation[]);
  for (const operation of operations) {
    completeOperation(operation, routes.get(operation.operationId)!);
    compile(routes.get(operation.operationId)!, operation, schemas);
  }
  document.components!.responses = shareResponses(operations) as never;
  return document;
}

function head() {
  const { version } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string };
  const builder = new DocumentBuilder().setTitle('Aerie').setDescription(DESCRIPTION).setVersion(version);
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const flows = { password: { tokenUrl: '/auth/token', refreshUrl: '/auth/refresh', scopes: {} } };
  const description = SIGNING_IN;
  builder.addOAuth2({ type: 'oauth2', flows, description }, 'OAuth2PasswordBearer');
  const server = {
    url: '/',
    description: 'Where this document comes from, be it local, staging or production.',
    'x-internal': false,
  };
  return { ...builder.build(), servers: [server] };
}

/** The serializer is compiled from the schema that is served: what the docs say is what leaves. */
function compile({ contract }: Route, operation: Operation, schemas: Schemas): void {
  const schema = operation.responses[String(contract.returns!.status)]?.content?.['application/json']?.schema;
  if (schema) contract.serialize = compileSerializer(schema, schemas);
}

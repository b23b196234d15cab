import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type request from 'supertest';
import { document, OPERATIONS, resolve, type Operation, type Schema } from '../support/openapi.js';
import { OPERATIONS as DECLARED } from '../support/operations.js';
import { idsFor } from '../support/subjects.js';
import { type Actor, aUser } from '../support/world.js';

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addFormat('idn-email', /^.+@[^@]+$/u);
ajv.addSchema(document, 'openapi');

/** Builds a value from a schema's examples and defaults, as a reader of the documentation would. */
function exampleOf(schema: Schema): unknown {
  if (schema.$ref !== undefined) return exampleOf(resolve(schema.$ref) as Schema);
  if (schema['anyOf']) return exampleOf((schema['anyOf'] as Schema[])[0]!);
  if (schema.examples) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema['enum']) return (schema['enum'] as unknown[])[0];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'string') return 'string'; // as Swagger UI shows it
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(field)]));
}

describe('examples', () => {
  it('of schemas are valid', () => {
    const named = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([field, { examples = [] }]) =>
        examples.map((value) => [`/components/schemas/${name}/properties/${field}`, value] as const),
      ),
    );
    expect(named.length).toBeGreaterThan(50);
    const wrong = named.map(([at, value]) => [at, ajv.compile({ $ref: `openapi#${at}` })(value)]);
    expect(wrong.filter(([, good]) => !good)).toEqual([]);
  });

  it('of parameters are valid', () => {
    const wrong = OPERATIONS.flatMap(({ name, parameters }) =>
      parameters
        .filter(({ example, schema }) => example !== undefined && !ajv.compile(schema)(example))
        .map((parameter) => `${name} ${parameter.name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('of responses are valid', () => {
    const wrong: string[] = [];
    for (const { name, responses } of OPERATIONS) {
      for (const [status, { content = {} }] of Object.entries(responses)) {
        for (const [media, { schema, examples = {} }] of Object.entries(content)) {
          for (const { value } of Object.values(examples))
            if (!fits(schema!, value)[0]) wrong.push(`${name} ${status} ${media}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('an operation called as documented', () => {
  let admin: Actor;
  let ids: Record<string, unknown>;

  beforeAll(async () => {
    admin = await aUser({ role: 'admin' });
    ids = await idsFor(admin);
  });

  /** Deletions come last, because the other operations need the rows. */
  const inOrder = OPERATIONS.filter(({ operationId }) =>
    DECLARED.some((one) => one.operationId === operationId),
  ).toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));

  it.each(
    inOrder.filter(({ path }) => path !== '/auth/logout').map((operation) => [operation.name, operation] as const),
  )('accepts its own example and returns a declared response: %s', async (_, operation) => {
    const answer = await execute(operation);
    expect([answer.status, answer.status === 422 ? answer.body : {}]).toEqual([answer.status, {}]);
    expect(Object.keys(operation.responses)).toContain(String(answer.status));
    const declared = operation.responses[answer.status]!.content?.['application/json']?.schema;
    if (declared === undefined) return;
    const [good, why] = fits(declared, answer.body);
    expect({ good, why }).toEqual({ good: true, why: 'No errors' });
  });

  function execute({ path, method, parameters, requestBody }: Operation): request.Test {
    const url = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(ids[name]));
    const query = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
    const values = query.map(({ name, example }): [string, string] => [name, String(ids[name] ?? example)]);
    const test = admin.send(method, `${url}?${new URLSearchParams(values).toString()}`);
    for (const one of parameters) if (one.in === 'header' && one.required) test.set(one.name, String(one.example));
    const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
    if (type === undefined) return test;
    return test.type(type === 'application/json' ? 'json' : 'form').send(exampleOf(media!.schema!) as object);
  }
});

/** Returns whether a value matches a schema of the document, and Ajv's text of the errors. */
function fits(schema: Schema, value: unknown): [boolean, string] {
  const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as Schema;
  const validate = ajv.compile(local);
  return [validate(value), ajv.errorsText(validate.errors)];
}

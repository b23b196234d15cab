import { document, OPERATIONS, resolve, type Media, type Schema } from '../support/openapi.js';

describe('the OpenAPI document', () => {
  it('describes every operation, parameter and response, and declares X-Request-ID for every response', () => {
    const bare = OPERATIONS.flatMap(({ name, summary, description, parameters, responses }) => [
      ...(summary && description ? [] : [name]),
      ...parameters.filter((one) => !one.description).map((one) => `${name} ${one.name}`),
      ...Object.entries(responses)
        .filter((entry) => !entry[1].description || !('X-Request-ID' in entry[1].headers))
        .map(([status]) => `${name} ${status}`),
    ]);
    expect(bare).toEqual([]);
  });

  it('describes every schema and property with more than its name', () => {
    const bare: string[] = [];
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      if (!isTelling(schema, name)) bare.push(name);
      bare.push(...undescribed(schema, name));
    }
    expect(bare).toEqual([]);
  });

  it('does not repeat a summary in the description', () => {
    const repeated = OPERATIONS.filter(({ summary, description }) => description.includes(summary));
    expect(repeated.map(({ name }) => name)).toEqual([]);
  });

  it('describes every response in at least two words', () => {
    const mute = OPERATIONS.flatMap(({ name, responses }) =>
      Object.entries(responses)
        .filter(([, { description }]) => description.split(' ').length < 2)
        .map(([status]) => `${name} ${status}`),
    );
    expect(mute).toEqual([]);
  });

  it('describes its tags and header components, and has a contact', () => {
    const { info, tags, components } = document as unknown as Headed;
    expect(info.contact.name).toMatch(/\w/);
    expect(tags.filter(({ description }) => description.split(' ').length < 3)).toEqual([]);
    expect(Object.values(components.headers).filter(({ description }) => !description)).toEqual([]);
  });

  it('has an example wherever Swagger UI would otherwise invent one', () => {
    const bare = OPERATIONS.flatMap(({ name, requestBody, responses }) =>
      Object.entries({ ...responses, body: requestBody ?? { content: {} } }).flatMap(([at, { content }]) =>
        withoutExample(`${name} ${at}`, content),
      ),
    );
    expect(bare).toEqual([]);
  });

  it('has no placeholder examples', () => {
    const found: string[] = [];
    JSON.stringify(document, function (this: object, key, value: unknown) {
      if (key === 'example' || key === 'value') if (worthless(value)) found.push(JSON.stringify(this));
      if (key === 'examples' && Array.isArray(value) && value.some(worthless)) found.push(JSON.stringify(this));
      return value;
    });
    expect(found).toEqual([]);
  });
});

interface Headed {
  readonly info: { readonly contact: { readonly name: string } };
  readonly tags: readonly { readonly description: string }[];
  readonly components: { readonly headers: Readonly<Record<string, { readonly description?: string }>> };
}

/** Returns the paths of the properties without a description, including those of nested objects. */
function undescribed(schema: Schema, at: string): string[] {
  const options = (schema['anyOf'] as Schema[] | undefined) ?? [];
  const bare: string[] = [];
  for (const one of [schema, schema['items'] as Schema | undefined, ...options]) {
    for (const [name, property] of Object.entries(one?.properties ?? {})) {
      if (!isTelling(property, name)) bare.push(`${at}.${name}`);
      bare.push(...undescribed(property, `${at}.${name}`));
    }
  }
  return bare;
}

const words = (text: string) => text.replaceAll(/[^A-Za-z]/g, '').toLowerCase();

/** Returns whether a description says more than the name: "Price cents." says nothing about `price_cents`. */
function isTelling({ description }: Schema, name: string): boolean {
  return typeof description === 'string' && words(description) !== words(name);
}

const worthless = (value: unknown) => /^(?:"string"|0|\{\}|"\*{8}")$/.test(JSON.stringify(value));

function withoutExample(where: string, content: Record<string, Media> = {}): string[] {
  return Object.entries(content).flatMap(([type, media]) =>
    'example' in media || media.examples ? [] : leaves(media.schema ?? {}, `${where} ${type}`),
  );
}

function leaves(schema: Schema, at: string): string[] {
  if (schema.$ref !== undefined) return leaves(resolve(schema.$ref) as Schema, at);
  if (schema.examples ?? schema['enum']) return [];
  if (schema['anyOf']) return leaves((schema['anyOf'] as Schema[])[0]!, at);
  if (schema['items']) return leaves(schema['items'] as Schema, `${at}[]`);
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, property]) => leaves(property, `${at}.${name}`));
  }
  return schema.type === 'boolean' || schema.default !== undefined ? [] : [at];
}

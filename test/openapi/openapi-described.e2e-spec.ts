import { document, OPERATIONS, resolve, type Media, type Schema } from '../support/openapi.js';

describe('the document', () => {
  it('describes every operation, parameter, answer and response header', () => {
    const bare = OPERATIONS.flatMap(({ name, summary, description, parameters, responses }) => [
      ...(summary && description ? [] : [name]),
      ...parameters.filter((one) => !one.description).map((one) => `${name} ${one.name}`),
      ...Object.entries(responses)
        .filter((entry) => !entry[1].description || !('X-Request-ID' in entry[1].headers))
        .map(([status]) => `${name} ${status}`),
    ]);
    expect(bare).toEqual([]);
  });

  it('has an example for everything that Swagger UI would make one up for', () => {
    const bare = OPERATIONS.flatMap(({ name, requestBody, responses }) =>
      Object.entries({ ...responses, body: requestBody ?? { content: {} } }).flatMap(([at, { content }]) =>
        withoutExample(`${name} ${at}`, content),
      ),
    );
    expect(bare).toEqual([]);
  });

  it('has none that says nothing', () => {
    const found: string[] = [];
    JSON.stringify(document, function (this: object, key, value: unknown) {
      if (key === 'example' || key === 'value') if (worthless(value)) found.push(JSON.stringify(this));
      if (key === 'examples' && Array.isArray(value) && value.some(worthless)) found.push(JSON.stringify(this));
      return value;
    });
    expect(found).toEqual([]);
  });
});

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

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { document, objects, OPERATIONS } from '../support/openapi.js';

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

const snake = (name: string) => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase();

describe('the OpenAPI document for client generators', () => {
  it('has no schema named like one of its properties, because generators name variables and modules after both', () => {
    const clashes = Object.entries(document.components.schemas).filter(([name, { properties = {} }]) =>
      Object.keys(properties).some((property) => snake(property) === snake(name)),
    );
    expect(clashes.map(([name]) => name)).toEqual([]);
  });

  it('has no two schemas whose names differ only in letter case or separators', () => {
    const names = Object.keys(document.components.schemas).map((name) => name.replaceAll(/[_-]/g, '').toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it('has no readOnly or writeOnly fields, which would become pointers or separate models', () => {
    const found = [...objects(document)].filter(([, node]) => 'writeOnly' in node || 'readOnly' in node);
    expect(found.map(([at]) => at)).toEqual([]);
  });

  it('marks passwords and tokens in requests with the password format', () => {
    const { schemas } = document.components as unknown as { schemas: Record<string, { properties: object }> };
    for (const [model, field] of [
      ['UserCreate', 'password'],
      ['PasswordForm', 'password'],
      ['PasswordForm', 'client_secret'],
      ['RefreshForm', 'refresh_token'],
      ['RefreshForm', 'client_secret'],
      ['RefreshRequest', 'refresh_token'],
    ] as const)
      expect(Reflect.get(schemas[model]!.properties, field)).toMatchObject({ format: 'password' });
  });

  it('has a valid example for each path parameter', () => {
    const inPath = OPERATIONS.flatMap(({ name: operation, parameters }) =>
      parameters.flatMap((one) => (one.in === 'path' ? [{ operation, ...one }] : [])),
    );
    expect(inPath.length).toBeGreaterThan(20);
    const bare = inPath.filter(({ example, schema }) => example === undefined || !ajv.validate(schema, example));
    expect(bare.map(({ operation, name }) => `${operation} ${name}`)).toEqual([]);
  });

  it('declares at most one media type per 200 response, except for the download of an export', () => {
    const mixed = OPERATIONS.filter(({ operationId, responses }) => {
      const media = Object.keys(responses['200']?.content ?? {});
      return operationId !== 'downloadExport' && media.length > 1;
    });
    expect(mixed.map(({ name }) => name)).toEqual([]);
    const { description, responses } = OPERATIONS.find(({ operationId }) => operationId === 'exportOrders')!;
    expect(description).toContain('`Accept: application/x-ndjson`');
    expect(Object.keys(responses['200']!.content!)).toEqual(['text/csv']);
  });

  it('has only the server "/", which is correct wherever the document is served', () => {
    expect(document.servers).toMatchObject([{ url: '/', description: expect.stringContaining('absolute URL') }]);
  });
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { document, objects, OPERATIONS } from '../support/openapi.js';

const ajv = new Ajv2020({ strict: false });
formats.default(ajv);

const snake = (name: string) => name.replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_').toLowerCase();

describe('the document, for those who generate clients', () => {
  it('has no schema that is called as one of its properties: variables and modules are named after both', () => {
    const clashes = Object.entries(document.components.schemas).filter(([name, { properties = {} }]) =>
      Object.keys(properties).some((property) => snake(property) === snake(name)),
    );
    expect(clashes.map(([name]) => name)).toEqual([]);
  });

  it('has no two schemas that differ in letter case or separators only', () => {
    const names = Object.keys(document.components.schemas).map((name) => name.replaceAll(/[_-]/g, '').toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it('has nothing that is only read or only written: such fields become pointers, or models of their own', () => {
    const found = [...objects(document)].filter(([, node]) => 'writeOnly' in node || 'readOnly' in node);
    expect(found.map(([at]) => at)).toEqual([]);
  });

  it('still names passwords and tokens of requests as such', () => {
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

  it('has an example for each parameter of a path, which fits', () => {
    const inPath = OPERATIONS.flatMap(({ name: operation, parameters }) =>
      parameters.flatMap((one) => (one.in === 'path' ? [{ operation, ...one }] : [])),
    );
    expect(inPath.length).toBeGreaterThan(20);
    const bare = inPath.filter(({ example, schema }) => example === undefined || !ajv.validate(schema, example));
    expect(bare.map(({ operation, name }) => `${operation} ${name}`)).toEqual([]);
  });

  it('gives no client a choice of a text and of what is like JSON', () => {
    const mixed = OPERATIONS.filter(({ operationId, responses }) => {
      const media = Object.keys(responses['200']?.content ?? {});
      return operationId !== 'downloadExport' && media.length > 1;
    });
    expect(mixed.map(({ name }) => name)).toEqual([]);
    const { description, responses } = OPERATIONS.find(({ operationId }) => operationId === 'exportOrders')!;
    expect(description).toContain('`Accept: application/x-ndjson`');
    expect(Object.keys(responses['200']!.content!)).toEqual(['text/csv']);
  });

  it('has a server that is right wherever it is served, and no other', () => {
    expect(document.servers).toMatchObject([{ url: '/', description: expect.stringContaining('absolute URL') }]);
  });
});

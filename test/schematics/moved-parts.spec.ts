import { field } from '../../schematics/field/field.ts';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { DTO, project, run, SERVICE, TEST } from './suppliers.ts';

const add = (text: string) => field({ words: ['supplier', text] });

const of = (kind: string) => `src/suppliers/dto/supplier-${kind}.dto.ts`;

const split = () => {
  const tree = project();
  const [head, create, patch, response] = tree
    .readText(DTO)
    .split(/(?=export class Supplier(?:Create|Patch|Response) )/) as [string, string, string, string];
  tree.delete(DTO);
  const imports = head
    .slice(0, head.indexOf('/** A person'))
    .replaceAll("'../kernel", "'../../kernel")
    .replace("'./", "'../");
  tree.create(of('create'), imports.replace(/.*PatchType.*\n/, '') + create);
  const base = `import { SupplierCreate } from './supplier-create.dto.js';\n\n`;
  tree.create(of('patch'), `import { PatchType } from '../../kernel/validation/patch-type.js';\n${base}${patch}`);
  tree.create(
    of('response'),
    response
      .replace('extends SupplierCreate ', '')
      .replace('{\n', '{\n  name!: string;\n\n  founded!: string | null;\n\n'),
  );
  return tree;
};

describe('the classes of requests and responses in files of their own', () => {
  it('get a new field with its imports', async () => {
    const tree = split();
    expect(await run(add('state:enum(new,old)=new'), tree)).toEqual([]);
    expect(tree.readText(of('create'))).toMatch(
      / {2}@IsEnum\(SupplierState\)\n {2}state: SupplierState = SupplierState\.new;\n\}/,
    );
    expect(tree.readText(of('create'))).toContain(
      `import { SupplierCountry, SupplierState } from '../supplier.entity.js'`,
    );
    expect(tree.readText(of('patch'))).not.toContain('state');
    expect(tree.readText(of('response'))).toMatch(
      /^import \{ SupplierState \} from '\.\.\/supplier\.entity\.js';\n[^]* {2}state!: SupplierState;\n\}/,
    );
    expect(tree.readText(TEST)).toContain(`state: 'new'`);
  });

  it('are renamed and removed', async () => {
    const tree = split();
    expect(await run(renameField({ words: ['supplier', 'name', 'title'] }), tree)).toEqual([]);
    for (const kind of ['create', 'response']) expect(tree.readText(of(kind))).toContain('title!: string;');
    expect(await run(removeField({ words: ['supplier', 'founded'] }), tree)).toEqual([]);
    for (const kind of ['create', 'response']) expect(tree.readText(of(kind))).not.toContain('founded');
  });

  it('stay as they are if one is missing, and the tests stay green', async () => {
    const tree = split();
    const texts = () => [tree.readText(of('create')).trim(), tree.readText(TEST)];
    const former = texts();
    tree.overwrite(of('response'), tree.readText(of('response')).replace('SupplierResponse', 'SupplierView'));
    const missing = ['create', 'patch'].map((kind) => `Not placed: ${of(kind)}: there is no class SupplierResponse`);
    expect(await run(add('vat:string?'), tree)).toEqual([
      ...missing,
      `Not placed: ${TEST}: add vat when new rows have it`,
    ]);
    expect(texts()).toEqual(former);
  });
});

it('a new field is stored with those that the service lists one by one', async () => {
  const tree = project([
    SERVICE,
    `{ ...body, state: 'new' }`,
    `{\n        name: body.name, // trimmed\n        state: 'new',\n      }`,
  ]);
  expect(await run(add('vat:string?'), tree)).toEqual([]);
  expect(tree.readText(SERVICE)).toMatch(/name: body\.name, \/\/ trimmed\n {8}state: 'new',\n {8}vat: body\.vat,\n/);
  expect(tree.readText(TEST)).toContain('vat: ');
});

it.each([
  ['{ ...body, name: body.name.trim() }', '{ ...body, name: body.name.trim() };'],
  ['{ name: body.name }', '{ name: body.name, vat: body.vat };'],
])('the values of a new row may be a variable: %s', async (values, now) => {
  const tree = project(
    [SERVICE, `{ ...body, state: 'new' }`, 'values'],
    [SERVICE, 'const made', `const values = ${values};\n      const made`],
  );
  expect(await run(add('vat:string?'), tree)).toEqual([]);
  expect(tree.readText(SERVICE)).toContain(`const values = ${now}\n`);
});

it.each(['insert(body)', 'save({ ...body })', 'save(this.suppliers.create(body))'])(
  'a row may be stored by a method of TypeORM: %s',
  async (call) => {
    const tree = project([SERVICE, `insertOne({ ...body, state: 'new' })`, call]);
    expect(await run(add('vat:string?'), tree)).toEqual([]);
    expect(tree.readText(TEST)).toContain('vat: ');
  },
);

it('a new field that the service does not store is not in the tests', async () => {
  const tree = project([SERVICE, `{ ...body, state: 'new' }`, 'rowOf(body)']);
  const former = tree.readText(TEST);
  expect(await run(add('vat:string?'), tree)).toEqual([
    `Not placed: ${SERVICE}: no insert gets the whole SupplierCreate or a spread of it: add vat where the row is stored`,
    `Not placed: ${TEST}: add vat when new rows have it`,
  ]);
  expect(tree.readText(TEST)).toBe(former);
});

it('the fields of the audit trail may be a variable', async () => {
  const tree = project(
    [SERVICE, `const trail = new AuditedRows<Supplier>('supplier', [`, 'const SHOWN = ['],
    [
      SERVICE,
      `'founded',\n]);`,
      `'founded',\n] as const;\n\nconst trail = new AuditedRows<Supplier>('supplier', SHOWN);`,
    ],
  );
  expect(await run(add('vat:string?'), tree)).toEqual([]);
  expect(tree.readText(SERVICE)).toMatch(/'founded',\n {2}'vat',\n\] as const;/);
});

it.each<[about: string, declared: string, use: string]>([
  [
    'in a search',
    'const SHOWN',
    `list(query: SearchQuery) {\n    return this.suppliers.rows.search(SHOWN, query.search);\n  }`,
  ],
  ['by other files', 'export const SHOWN', ''],
])('a variable with the fields of the audit trail stays as it is if it is also used %s', async (_, declared, use) => {
  const tree = project(
    [SERVICE, `const trail = new AuditedRows<Supplier>('supplier', [`, `${declared} = [`],
    [SERVICE, `'founded',\n]);`, `'founded',\n];\n\nconst trail = new AuditedRows<Supplier>('supplier', SHOWN);`],
    [SERVICE, '  create(', `  ${use}\n\n  create(`],
  );
  expect(await run(add('vat:string?'), tree)).toEqual([
    `Not placed: ${SERVICE}: SHOWN is not only used by its audit trail: add 'vat' to what the trail shows`,
  ]);
  expect(tree.readText(SERVICE)).not.toMatch(/\bvat\b/);
});

it.each([
  ['code:uuid?:unique', 'supplierCodeTaken() for suppliers_code_key'],
  ['second:items?', 'itemNotFound() for suppliers_second_id_fkey'],
])('an error that nobody throws is not in the tests: %s', async (text, error) => {
  const tree = project([
    SERVICE,
    'const violated = violatedConstraint(error);',
    'const violated = constraintOf(error);',
  ]);
  const former = tree.readText(TEST);
  expect(await run(add(text), tree)).toEqual([
    `Not placed: ${SERVICE}: refuse() does not store violatedConstraint(): throw ${error}`,
    expect.stringMatching(`^Not placed: ${TEST}: add (?:code|second_id) when its error is thrown$`),
  ]);
  expect(tree.readText(TEST)).toBe(former);
});

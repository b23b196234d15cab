import { field } from '../../schematics/field/field.ts';
import { project, run, SERVICE, TEST, type Edit } from './suppliers.ts';

// The values of new rows in a service that also stores rows of other tables.

const add = () => field({ words: ['supplier', 'vat:string?'] });

const INSERT = `this.suppliers.insertOne({ ...body, state: 'new' })`;
const inserting = (call: string): Edit => [SERVICE, INSERT, call];
const beside = (statement: string): Edit => [SERVICE, 'return made;', `${statement}\n      return made;`];
const method = (text: string): Edit => [SERVICE, '  create(', `  ${text}\n\n  create(`];

const NOT_STORED = [
  `Not placed: ${SERVICE}: no insert gets the whole SupplierCreate or a spread of it: add vat where the row is stored`,
  `Not placed: ${TEST}: add vat when new rows have it`,
];

/** Returns what is said, and how the service now gets the field from a body. */
async function added(...edits: readonly Edit[]): Promise<{ said: string[]; set: string[] }> {
  const tree = project(...edits);
  const said = await run(add(), tree);
  return { said, set: [...tree.readText(SERVICE).matchAll(/\{[^{}]*\bvat: [^{}]*\}/g)].map(([values]) => values) };
}

describe('a new field is not written to rows of other tables', () => {
  const ofContact = beside('await this.contacts.insertOne({ supplier_id: made.id, name: body.name });');

  it('that are stored beside the row', async () => {
    expect(await added(ofContact)).toEqual({ said: [], set: [] });
    expect(await added(ofContact, inserting('this.suppliers.insertOne({ name: body.name })'))).toEqual({
      said: [],
      set: ['{ name: body.name, vat: body.vat }'],
    });
    expect(await added(beside('await tx.insert(Contact, { name: body.name });'))).toEqual({ said: [], set: [] });
  });

  it('that are stored from a body of the same name', async () => {
    const contact = 'addContact(body: ContactCreate) {\n    return this.contacts.insertOne({ name: body.name });\n  }';
    const copied = 'copy(body: Supplier) {\n    return this.suppliers.insertOne({ name: body.name });\n  }';
    for (const other of [contact, copied]) {
      expect(await added(method(other))).toEqual({ said: [], set: [] });
      expect(await added(method(other), inserting('this.suppliers.insertOne(rowOf(body))'))).toEqual({
        said: NOT_STORED,
        set: [],
      });
    }
  });
});

it.each(['this.drafts.save(body)', 'tx.save(SupplierDraft, body)', 'this.mails.create({ ...body })'])(
  'a body that only another table gets is not stored: %s',
  async (call) => {
    const inserted = inserting('this.suppliers.insertOne(rowOf(body))');
    expect(await added(inserted, beside(`await ${call};`))).toEqual({ said: NOT_STORED, set: [] });
  },
);

it('a row that gets the whole body needs no list', async () => {
  expect(await added(beside('await this.suppliers.insertOne({ name: body.name, parent_id: made.id });'))).toEqual({
    said: [],
    set: [],
  });
});

it.each([
  'tx.getRepository(Supplier).insert(body)',
  'tx.withRepository(this.suppliers).save(body)',
  'repositoryOf(tx, Supplier).insertOne({ ...body })',
  'tx.save(Supplier, body)',
  'tx.save(tx.create(Supplier, { name: body.name }))',
])('the row is stored by any repository of its table: %s', async (call) => {
  const set = call.includes('body.name') ? ['{ name: body.name, vat: body.vat }'] : [];
  expect(await added(inserting(call))).toEqual({ said: [], set });
});

it('the repository may be a variable, or have a class of its own', async () => {
  const variable = beside('const rows = repositoryOf(tx, Supplier);\n      await rows.insertOne(body);');
  expect(await added(inserting('this.made(tx)'), variable)).toEqual({ said: [], set: [] });
  for (const type of ['Repository<Supplier>', 'SupplierRepository', 'SuppliersRepository'])
    expect(await added([SERVICE, 'BaseRepository<Supplier>', type])).toEqual({ said: [], set: [] });
  expect(await added([SERVICE, 'BaseRepository<Supplier>', 'BaseRepository<SupplierRow>'])).toEqual({
    said: NOT_STORED,
    set: [],
  });
});

it('a service that already sets the field stays as it is', async () => {
  const values = '{ name: body.name, vat: vatOf(body) }';
  expect(await added(inserting(`this.suppliers.insertOne(${values})`))).toEqual({ said: [], set: [values] });
  const patch =
    'patch(patch: SupplierPatch) {\n    return this.suppliers.updateOne(found, { vat: vatOf(patch) });\n  }';
  expect(await added(method(patch))).toEqual({ said: [], set: ['{ vat: vatOf(patch) }'] });
});

const taking = (pattern: string): Edit => [SERVICE, 'body: SupplierCreate', `${pattern}: SupplierCreate`];

describe('a body that is taken apart', () => {
  const inBody: Edit = [
    SERVICE,
    '    return transaction',
    '    const { name, ...rest } = body;\n    return transaction',
  ];

  it('is stored with its rest', async () => {
    const inserted = inserting('this.suppliers.insertOne({ name: name.trim(), ...rest })');
    for (const apart of [taking('{ name, ...rest }'), inBody])
      expect(await added(apart, inserted)).toEqual({ said: [], set: [] });
  });

  it('is not stored without its rest', async () => {
    const inserted = inserting('this.suppliers.insertOne({ name, country })');
    expect(await added(taking('{ name, country }'), inserted)).toEqual({ said: NOT_STORED, set: [] });
    expect(await added(taking('{ name, country, ...rest }'), inserted)).toEqual({ said: NOT_STORED, set: [] });
  });
});

import { field } from '../../schematics/field/field.ts';
import { parseField } from '../../schematics/lib/fields.ts';
import { Sources, targetsOf } from '../../schematics/lib/project.ts';
import { generated } from './generated.ts';
import { CONTROLLER, DTO, ENTITY, ERRORS, project, run, SERVICE, TEST, type Edit } from './suppliers.ts';

const add = (text: string) => field({ words: ['supplier', text] });
const edited = (from: string, to: string): Edit => [SERVICE, from, to];
const hidden = 'bought_in_id: rows of orders belong to accounts, so only admins may refer to all of them';

describe('a new field', () => {
  it('may refer to rows of accounts if only admins write it', async () => {
    const tree = project();
    expect(await run(add('bought_in:orders?'), tree)).toEqual([]);
    expect(tree.readText(SERVICE)).toContain(
      `if (violated === 'suppliers_bought_in_id_fkey') throw orderNotFound(String(bought_in_id));`,
    );
  });

  it.each<[string, Edit[], boolean]>([
    ['its roles count for all handlers', [], true],
    ['a handler has another rule', [[CONTROLLER, '@Returns', '@SignedIn()\n  @Returns']], false],
    ['a handler is public', [[CONTROLLER, '@Returns', '@Public()\n  @Returns']], false],
    ['a handler has its own roles', [[CONTROLLER, '@Returns', '@Roles(UserRole.user)\n  @Returns']], false],
    ['it has other roles', [[CONTROLLER, '@Roles(UserRole.admin)', '@Roles(UserRole.user)']], false],
  ])('is written by admins if only they may call its controller: %s', async (_about, edits, isAllowed) => {
    const tree = project(
      [CONTROLLER, '  @Roles(UserRole.admin)\n', ''],
      [CONTROLLER, '  @Roles(UserRole.admin)\n', ''],
      [CONTROLLER, 'export class', '@Roles(UserRole.admin)\nexport class'],
      ...edits,
    );
    const added = run(add('bought_in:orders?'), tree);
    if (isAllowed) expect(await added).toEqual([]);
    else await expect(added).rejects.toThrow(hidden);
  });

  it.each<Edit>([
    [CONTROLLER, '@Roles(UserRole.admin)', '@SignedIn()'],
    [CONTROLLER, '@Roles(UserRole.admin)', '@Roles(UserRole.admin, UserRole.user)'],
    [CONTROLLER, '@Roles(UserRole.admin)\n', ''],
    [CONTROLLER, 'body: SupplierCreate', 'body: unknown'],
  ])('must not refer to rows of accounts if others may write it: %s %s → %s', async (...edit) => {
    await expect(run(add('bought_in:orders?'), project(edit))).rejects.toThrow(hidden);
  });

  it.each([
    ['body', []],
    ['{ ...body }', []],
    ['{ state: 1, ...body }', []],
    ['{ name: body.name }', []],
    ['{ name: body.name.trim() }', ['vat']],
    ['{ ...rest }', ['vat']],
    ['made', ['vat']],
  ])('is stored if the service inserts the whole body: insertOne(%s)', async (values, missing) => {
    expect(await run(add('vat:string?'), project(edited(`{ ...body, state: 'new' }`, values)))).toEqual(
      missing.flatMap((name) => [
        `Not placed: ${SERVICE}: no insert gets the whole SupplierCreate or a spread of it: add ${name} where the row is stored`,
        `Not placed: ${TEST}: add ${name} when new rows have it`,
      ]),
    );
  });

  it('must have a name that no response has', async () => {
    await expect(run(add('ordered_cents:cents=0'), project())).rejects.toThrow(
      'SupplierResponse already has a field ordered_cents',
    );
  });

  it('is added behind the comments of a list', async () => {
    const tree = project(edited('{ item_id }', '{\n  item_id, // the item\n}'));
    expect(await run(add('other:items?'), tree)).toEqual([]);
    expect(tree.readText(SERVICE)).toMatch(/\{ ?\s*item_id,\s+other_id,? \/\/ the item\s+\}: SupplierPatch/);
    expect(tree.readText(SERVICE)).toContain(`(violated === 'suppliers_other_id_fkey')`);
  });

  it('needs a refuse() that stores the violated constraint', async () => {
    const tree = project(edited('const violated = violatedConstraint(error)', 'const { violated } = error'));
    expect(await run(add('other:items?'), tree)).toEqual([
      `Not placed: ${SERVICE}: refuse() does not store violatedConstraint(): throw itemNotFound() for suppliers_other_id_fkey`,
      `Not placed: ${TEST}: add other_id when its error is thrown`,
    ]);
    expect(tree.readText(SERVICE)).not.toContain('String(other_id)');
    expect(tree.readText(ENTITY)).toContain('other_id!: number | null;');
    expect(tree.readText(DTO)).toContain('other_id: number | null = null;');
  });
});

it.each([
  ['', "import { newest } from '../support/database.js';"],
  ['const newest = async (table: string) => table.length;\n', undefined],
])('the test of a new relation imports newest(), unless it has such a function: %j', async (own, imported) => {
  const tree = await generated('name:string');
  tree.overwrite(
    TEST,
    tree.readText(TEST).replace(/^const admin/m, () => `${own}const admin`),
  );
  expect(await run(add('item:items?'), tree)).toEqual([]);
  expect(/^import .*database\.js.*$/m.exec(tree.readText(TEST))?.[0]).toBe(imported);
  expect(tree.readText(TEST)).toContain("item_id: await newest('items')");
});

it.each([
  ['name:string item:items?', `{ name: 'Wall lamp' }`, `made.headers['etag']!`],
  ['item:items other:items?', '{ other_id: null }', `made.headers['etag']!`],
  ['item:items', '{}', `'"former"'`],
])('the test of a resource with %s changes what can be changed', async (fields, changed, tag) => {
  const text = (await generated(...fields.split(' '))).readText(TEST);
  expect(text).toContain(`.patch(address, ${changed})).body)`);
  expect(text).toContain(`.set('If-Match', ${tag})).status).toBe(412)`);
});

describe('the error of a new constraint', () => {
  const HINT = 'throw supplierCodeTaken() for the constraint suppliers_code_key';

  it.each([
    ['return transaction(', 'return this.retried(', 'create() does not end with "return transaction(…)"'],
    ['patch: SupplierPatch', 'patch: object', 'no method writes a SupplierPatch'],
    ['body: SupplierCreate', "{ name = 'x', ...body }: SupplierCreate", 'create() has no name for its body'],
    ['@Injectable()', 'const refuse = fail;\n\n@Injectable()', 'refuse is not a function of this file'],
  ])('is left to a person in a service of another form: %s → %s', async (from, to, reason) => {
    const tree = await generated('name:string');
    const edited = tree.readText(SERVICE).replace(from, to);
    tree.overwrite(SERVICE, edited);
    expect(await run(add('code:uuid?:unique'), tree)).toEqual([
      `Not placed: ${SERVICE}: ${reason}: ${HINT}`,
      `Not placed: ${TEST}: add code when its error is thrown`,
    ]);
    expect(tree.readText(SERVICE)).toBe(edited.replace("['name']", "['name', 'code']"));
    for (const path of [CONTROLLER, ERRORS]) expect(tree.readText(path)).not.toContain('supplierCodeTaken');
  });

  it.each([
    ['{ item_id }', true],
    ['{ ...body, item_id }', false],
  ])('is left to a person if refuse() does not get the referenced row: refuse(error, %s)', async (given, isSaid) => {
    const tree = await generated('name:string', 'item:items');
    tree.overwrite(SERVICE, tree.readText(SERVICE).replace('refuse(error, body)', `refuse(error, ${given})`));
    const line =
      tree
        .readText(SERVICE)
        .split('\n')
        .findIndex((text) => text.includes(`refuse(error, ${given})`)) + 1;
    const said = `line ${line} does not pass other_id to refuse(): throw itemNotFound() for the constraint suppliers_other_id_fkey`;
    expect(await run(add('other:items?'), tree)).toEqual(
      isSaid ? [`Not placed: ${SERVICE}: ${said}`, `Not placed: ${TEST}: add other_id when its error is thrown`] : [],
    );
  });

  it('is left to a person if the errors of a handler are a variable', async () => {
    const tree = project([CONTROLLER, 'errors: [itemNotFound]', 'errors']);
    const former = tree.readText(CONTROLLER);
    expect(await run(add('bought_in:orders?'), tree)).toEqual([
      `Not placed: ${CONTROLLER}: errors is not a list literal`,
    ]);
    expect(tree.readText(CONTROLLER)).toBe(former);
  });

  it('is caught in every method that writes a body, and comments stay', async () => {
    const tree = await generated('name:string');
    const put = `  /** Replaces it. */
  replace(caller: Caller, id: number, body: SupplierCreate): Promise<Supplier> {
    // all at once
    return transaction(this.suppliers.manager, () => this.suppliers.updateOne(id, body)); // or nothing
  }

  /** Throws supplierNotFound. */
  remove(`;
    const edited = tree.readText(SERVICE).replace(/ {2}\/\*\* Throws supplierNotFound\. \*\/\n {2}remove\(/, put);
    tree.overwrite(SERVICE, edited);
    expect(await run(add('code:uuid?:unique'), tree)).toEqual([]);
    const text = tree.readText(SERVICE);
    expect(text).toContain(`  /** Replaces it. */
  replace(caller: Caller, id: number, body: SupplierCreate): Promise<Supplier> {
    // all at once
    const written = transaction(this.suppliers.manager, () => this.suppliers.updateOne(id, body)); // or nothing
    return written.catch((error: unknown) => refuse(error, body));
  }`);
    expect(text.match(/\brefuse\(error/g)).toHaveLength(4);
  });
});

it('a type is a table, even if another table of its folder comes first', () => {
  const tree = project();
  tree.create('src/crates/box.entity.ts', `@Entity('boxes')\nexport class Box extends BaseColumns {}\n`);
  tree.create('src/crates/crate.entity.ts', `@Entity('crates')\nexport class Crate extends BaseColumns {}\n`);
  const typeOf = (type: string) => parseField(`it:${type}`, targetsOf(new Sources(tree))).target?.table;
  expect([typeOf('crates'), typeOf('boxes'), typeOf('items')]).toEqual(['crates', 'boxes', 'items']);
});

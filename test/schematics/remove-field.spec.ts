import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { generated } from './generated.ts';
import { DTO, ENTITY, ERRORS, migrationsOf, project, RESOURCE, run, SERVICE, TEST, type Edit } from './suppliers.ts';

const remove = (field: string) => removeField({ words: ['supplier', field] });
const GONE = '/** No longer part of the API. The next release drops this column. */';
const COLUMN = `@Column('text')\n  name!: string;`;
const NAME = (column: string): Edit => [ENTITY, COLUMN, column];

describe('a removed field', () => {
  it.each([
    [`@Column('text')\n  name!: string;`, `''`, `@Column('text', { default: '' })`],
    [`@Column({ type: 'text' })\n  name!: string;`, `''`, `@Column({ type: 'text', default: '' })`],
    [`@Column('integer')\n  name!: number;`, '0', `@Column('integer', { default: 0 })`],
    [`@SafeBigInt()\n  name!: number;`, '0', `@SafeBigInt({ default: 0 })`],
    [`@Column('boolean')\n  name!: boolean;`, 'false', `@Column('boolean', { default: false })`],
    [`@Column('date')\n  name!: string;`, 'now()', `@Column('date', { default: () => 'now()' })`],
    [`@Timestamp()\n  name!: Date;`, 'now()', `@Timestamp({ default: () => 'now()' })`],
    [
      `@Column('uuid')\n  name!: string;`,
      `'00000000-0000-0000-0000-000000000000'`,
      `@Column('uuid', { default: '00000000-0000-0000-0000-000000000000' })`,
    ],
    [`@Column('text', { array: true })\n  name!: string[];`, `'{}'`, `@Column('text', { array: true, default: [] })`],
  ])('stays required, and has a default that the former build can show: %s', async (column, sql, changed) => {
    const tree = project(NAME(column));
    expect(await run(remove('name'), tree)).toEqual([`Not placed: ${TEST}: line 7 also uses name: remove it by hand`]);
    const [migration, ...others] = migrationsOf(tree);
    expect(others).toEqual([]);
    expect(migration).toContain(`alter table suppliers alter column name set default ${sql}`);
    expect(migration).toContain('alter table suppliers alter column name drop default');
    expect(migration).not.toContain('not null');
    expect(tree.readText(ENTITY)).toContain(`  ${GONE}\n  ${changed}\n  name!: `);
  });

  it.each([
    ['between 5 and 9', '5'],
    ['between -5 and 9', '0'],
    ['between -9 and -5', '-9'],
    ['>= 1', '1'],
  ])('has a default that its check allows: %s', async (rule, value) => {
    const entity: Edit = [ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n@Check('c', 'name ${rule}')`];
    const tree = project(entity, NAME(`@Column('integer')\n  name!: number;`));
    await run(remove('name'), tree);
    expect(migrationsOf(tree)[0]).toContain(`'alter table suppliers alter column name set default ${value}'`);
  });

  it('has a default of its enum', async () => {
    const tree = project();
    await run(remove('country'), tree);
    expect(migrationsOf(tree)[0]).toContain(`alter column country set default 'US'`);
    expect(tree.readText(ENTITY)).toContain(`@Column('text', { default: 'US' })\n  country!: SupplierCountry;`);
  });

  it('needs no migration if it may be null', async () => {
    const tree = project();
    expect(await run(remove('note'), tree)).toEqual([]);
    expect(migrationsOf(tree)).toEqual([]);
    expect(tree.readText(ENTITY)).toContain(
      `  ${GONE}\n  @Column('text', { nullable: true })\n  note!: string | null;`,
    );
  });

  it.each<[string, Edit]>([
    ['a check of another form', [ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n@Check('c', 'name > note')`]],
    ['a unique one', [ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n@Unique('k', ['name'])`]],
  ])('is refused if no default fits: %s', async (_about, edit) => {
    await expect(run(remove('name'), project(edit))).rejects.toThrow(
      'name of supplier must have a value that no default can give: first make the field nullable in a release of its own',
    );
  });

  it.each([`@Column()`, `@Column('varchar', { length: 40 })`, `@Column('text', OPTIONS)`, `@Column(TEXT)`])(
    'is refused if its column has another form: %s',
    async (form) => {
      const tree = project(NAME(`${form}\n  name!: string;`));
      const sentence = `name: "${form}" is a form of column that cannot be changed here: write the migration by hand`;
      await expect(run(remove('name'), tree)).rejects.toThrow(sentence);
      await expect(run(renameField({ words: ['supplier', 'name', 'title'] }), tree)).rejects.toThrow(sentence);
      expect(migrationsOf(tree)).toEqual([]);
    },
  );

  it('is removed from the requests, responses and rows of the feature only', async () => {
    const tree = project();
    await run(remove('note'), tree);
    const dto = tree.readText(DTO);
    expect(dto.match(/^ {2}note.*$/gm)).toEqual(['  note: string | null = null;']);
    expect(dto.indexOf('note:')).toBeLessThan(dto.indexOf('class SupplierCreate'));
    expect(tree.readText(RESOURCE)).toContain(`shows: { suppliers: ['name'], contacts: ['name', 'note'] }`);
    expect(tree.readText(TEST)).toContain(`const GIVEN = { name: 'Desk lamp', country: 'US', founded: '2026-01-31' };`);
    expect(tree.readText(SERVICE)).toContain(`  'name', // as on the contract\n  'country',\n`);
  });

  it.each([
    [`constraint === 'suppliers_code_key'`, `constraint?.endsWith('_key') || constraint === 'suppliers_code_key'`],
    ['throw error;', `throw constraint === 'suppliers_code_key' ? new Error() : error;`],
  ])('is reported if other code names its constraint: %s → %s', async (from, to) => {
    const tree = await generated('name:string', 'code:uuid?:unique');
    const edited = tree.readText(SERVICE).replace(from, to);
    tree.overwrite(SERVICE, edited);
    expect(await run(remove('code'), tree)).toEqual([
      `Not placed: ${SERVICE}: it also names the constraint 'suppliers_code_key': remove it by hand`,
    ]);
    expect([tree.readText(SERVICE), tree.readText(ERRORS)]).toEqual([edited, expect.stringContaining('CodeTaken')]);
  });

  it('leaves a refuse() that does more than report constraints', async () => {
    const tree = await generated('name:string', 'code:uuid?:unique');
    tree.overwrite(SERVICE, tree.readText(SERVICE).replace('  throw error;', '  told(error);\n  throw error;'));
    expect(await run(remove('code'), tree)).toEqual([]);
    const text = tree.readText(SERVICE);
    expect(text.match(/\brefuse\(error/g)).toHaveLength(3);
    expect(text).not.toMatch(/CodeTaken|violatedConstraint|const constraint/);
    expect(text).toContain('): never {\n  told(error);\n  throw error;\n}\n');
  });

  it('leaves the violated constraint in a refuse() that still uses it', async () => {
    const tree = await generated('name:string', 'code:uuid?:unique');
    tree.overwrite(SERVICE, tree.readText(SERVICE).replace('  throw error;', '  told(constraint);\n  throw error;'));
    expect(await run(remove('code'), tree)).toEqual([]);
    expect(tree.readText(SERVICE)).toContain('  const constraint = violatedConstraint(error);\n  told(constraint);\n');
  });

  it('leaves the comments above what it removes from a service', async () => {
    const tree = await generated('name:string', 'code:uuid?:unique');
    const edited = tree
      .readText(SERVICE)
      .replace('/** Throws the error for', '// Below: errors.\n\n/** Throws the error for')
      .replaceAll('    return written', '    // Written or not.\n    return written');
    tree.overwrite(SERVICE, edited);
    expect(await run(remove('code'), tree)).toEqual([]);
    const text = tree.readText(SERVICE);
    expect(text).not.toMatch(/\bwritten\b|\brefuse\b|Throws the error for/);
    expect(text.match(/^ {4}\/\/ Written or not\.\n {2}\}$/gm)).toHaveLength(2);
    expect(text).toMatch(/^\}\n\n\/\/ Below: errors\.\n$/m);
  });

  it('is reported if the search would have only long texts', async () => {
    const tree = await generated('name:string', 'note:text', 'code:string?', '--search', 'name,note');
    const former = tree.readText(SERVICE);
    expect(await run(remove('code'), tree)).toEqual([]);
    expect(await run(remove('name'), tree)).toContain(
      `Not placed: ${SERVICE}: without name, it searches only long texts: change the search by hand`,
    );
    expect(tree.readText(SERVICE)).toContain(/return this\.suppliers\.rows\.search.*/.exec(former)![0]);
  });

  it('must not be the last one', async () => {
    const tree = await generated('name:string', 'item:items?');
    await run(remove('item_id'), tree);
    await expect(run(remove('name'), tree)).rejects.toThrow(
      'name is the last field of supplier: a resource needs at least one',
    );
    const owned = await generated('name:string', '--owner');
    await expect(run(remove('name'), owned)).rejects.toThrow('name is the last field of supplier');
  });

  it('must not be the owner of the row', async () => {
    const tree = project(NAME(`@Column('integer')\n  user_id!: number;\n\n  ${COLUMN}`));
    const sentence = 'user_id of supplier cannot be changed: it refers to the owner of the row';
    await expect(run(remove('user_id'), tree)).rejects.toThrow(sentence);
  });
});

describe('the second step', () => {
  const gone: Edit = [
    ENTITY,
    `@Column('text', { nullable: true })\n  note`,
    `${GONE}\n  @Column('text', { nullable: true })\n  note`,
  ];

  it('drops the column, its enum, its checks and its values in tests', async () => {
    const tree = project();
    await run(remove('country'), tree);
    tree.overwrite(DTO, tree.readText(DTO).replace(/import \{ SupplierCountry.*\n/, ''));
    expect(await run(remove('country'), tree)).toEqual([]);
    expect(tree.readText(ENTITY)).not.toMatch(/country|Check/i);
    expect(tree.readText(RESOURCE)).toContain(`values: { name: \`'Desk lamp'\` }`);
    expect(tree.readText(RESOURCE)).toContain(`values: { name: \`'Ada'\`, country: \`'DE'\` }`);
    expect(migrationsOf(tree).at(-1)).toContain('alter table suppliers drop column country');
  });

  it('drops the enum of a renamed field, which has the former name', async () => {
    const tree = await generated('name:string', 'kind:enum(a,b)');
    await run(renameField({ words: ['supplier', 'kind', 'sort'] }), tree);
    await run(remove('kind'), tree);
    expect(tree.readText(ENTITY)).toContain('enum SupplierKind');
    for (const _step of [1, 2]) expect(await run(remove('sort'), tree)).toEqual([]);
    expect(tree.readText(ENTITY)).not.toContain('SupplierKind');
  });

  it('drops the trigger of a rename, but not that of a similar table', async () => {
    const tree = project(gone);
    tree.create('migrations/1700000000000-b.ts', '// create function big_suppliers_note_renamed()\n');
    const renamed = project();
    await run(renameField({ words: ['supplier', 'note', 'remarks'] }), renamed);
    for (const one of [tree, renamed]) await run(remove('note'), one);
    expect(migrationsOf(tree).at(-1)).not.toContain('drop function');
    expect(migrationsOf(renamed).at(-1)).toContain(`'drop function if exists suppliers_note_renamed() cascade'`);
  });

  it('reports what still uses the column', async () => {
    const tree = project(
      [ENTITY, gone[1], gone[2]],
      [
        DTO,
        `  /** Note of the supplier. */\n  @IsOptional()\n  @MaxLength(5000)\n  note: string | null = null;\n\n`,
        '',
      ],
      [SERVICE, `  'note', // free text\n`, ''],
      [
        SERVICE,
        `  create(`,
        `  noted() {\n    return this.suppliers.where('note is not null').all();\n  }\n\n  create(`,
      ],
    );
    expect(await run(remove('note'), tree)).toEqual([
      `Not placed: ${SERVICE}: line 21 also uses note: remove it by hand`,
    ]);
  });
});

import { field } from '../../schematics/field/field.ts';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { DTO, ENTITY, migrationsOf, project, RESOURCE, run, SERVICE, TEST, type Edit } from './suppliers.ts';

const rename = (from: string, to: string) => renameField({ words: ['supplier', from, to] });
const remove = (field: string) => removeField({ words: ['supplier', field] });
const check = (text: string): Edit => [ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n@Check(${text})`];

const long = (more: number) =>
  project([ENTITY, `@Entity('suppliers')`, `${'// …\n'.repeat(more)}@Entity('suppliers')`]);

it.each([
  ['renamed', () => rename('note', 'remarks')],
  ['removed', () => remove('note')],
])('a field of a file that would become too long is not %s', async (_, rule) => {
  const lines = project().readText(ENTITY).split('\n').length - 1;
  await expect(run(rule(), long(250 - lines))).rejects.toThrow(
    /^src\/suppliers\/supplier\.entity\.ts would have \d+ lines, but at most 250 are allowed/,
  );
  await run(rule(), long(250 - lines - 10));
});

it('a file that was already too long may become shorter', async () => {
  const more = '  // …\n'.repeat(250);
  const tree = project([SERVICE, '  create(', `${more}  create(`], [DTO, '  ordered_cents', `${more}  ordered_cents`]);
  expect(await run(rename('note', 'remarks'), tree)).toEqual([]);
  expect(await run(remove('country'), tree)).toEqual([]);
  expect(tree.readText(SERVICE)).not.toContain('country');
  expect(tree.readText(DTO)).not.toContain('country');
  await expect(run(field({ words: ['supplier', 'vat:string?'] }), tree)).rejects.toThrow(
    /^src\/suppliers\/suppliers\.dto\.ts would have \d+ lines, but at most 250 are allowed/,
  );
});

describe('a renamed field', () => {
  it('must be dropped before the new one can be changed: a trigger keeps both equal', async () => {
    const tree = project();
    expect(await run(rename('name', 'title'), tree)).toEqual([]);
    const written = migrationsOf(tree);
    const sentence =
      'First remove name: it was renamed to title, and a trigger keeps both columns equal until name is dropped';
    for (const rule of [rename('title', 'label'), remove('title')])
      await expect(run(rule, tree)).rejects.toThrow(sentence);
    await expect(run(rename('name', 'label'), tree)).rejects.toThrow(
      'name is no longer part of the API: the next step is to remove it',
    );
    expect(migrationsOf(tree)).toEqual(written);
    await run(rename('note', 'remarks'), tree); // another trigger does not matter
    await run(remove('name'), tree);
    await run(rename('title', 'label'), tree);
    expect(migrationsOf(tree).at(-2)).toContain('new.label := coalesce(new.label, new.title)');
  });

  it('is renamed in the requests, responses and rows of the feature only', async () => {
    const tree = project([
      TEST,
      'await admin.patch(address, ',
      `await admin.post('/items', { name: 'Lamp' });\n  await admin.patch(address, `,
    ]);
    await run(rename('name', 'title'), tree);
    const dto = tree.readText(DTO);
    expect(dto.match(/^ {2}(?:name|title)!.*$/gm)).toEqual(['  name!: string;', '  title!: string;']);
    expect(dto).toContain('/** Title of the supplier. */');
    const resource = tree.readText(RESOURCE);
    expect(resource).toContain(`values: { title: \`'Desk lamp'\`, country`);
    expect(resource).toContain(`values: { name: \`'Ada'\`, country`);
    expect(resource).toContain(`shows: { suppliers: ['title', 'note'], contacts: ['name', 'note'] }`);
    expect(tree.readText(SERVICE)).toContain(`  'title', // as on the contract\n  'note', // free text\n`);
    expect(tree.readText(ENTITY)).toContain('title!: string; // as on the contract\n');
  });

  it('is renamed in the requests of a test, but not in those for other features', async () => {
    const tree = project([
      TEST,
      'it(',
      `it('refers to an item', async () => {\n  await admin.post('/items', { name: 'Lamp' });\n});\n\nit(`,
    ]);
    expect(await run(rename('name', 'title'), tree)).toEqual([
      `Not placed: ${TEST}: line 7 also uses name: rename it by hand`,
    ]);
    const plain = project();
    await run(rename('name', 'title'), plain);
    expect(plain.readText(TEST).match(/\b(?:name|title): '[^']*'/g)).toEqual([
      `title: 'Desk lamp'`,
      `title: 'Lamp'`,
      `title: 'Wall lamp'`,
    ]);
  });

  it.each([
    [`'suppliers_dates_check', 'founded < closed'`, `'suppliers_dates_check'`],
    [`\`founded > '1900-01-01'\``, `\`founded > '1900-01-01'\``],
  ])('must not have a check that its column would take along: %s', async (text, name) => {
    await expect(run(rename('founded', 'started_on'), project(check(text)))).rejects.toThrow(
      `founded cannot be renamed: the check ${name} also uses it`,
    );
  });

  it('must have a name that no response has', async () => {
    await expect(run(rename('note', 'ordered_cents'), project())).rejects.toThrow(
      'SupplierResponse already has a field ordered_cents',
    );
  });

  it('takes its own check along', async () => {
    const tree = project();
    await run(rename('country', 'land'), tree);
    expect(tree.readText(ENTITY)).toContain(`@Check('suppliers_land_check', \`land in ('US', 'DE')\`)`);
    expect(migrationsOf(tree)[0]).toContain(
      `add constraint suppliers_land_check check (land in ('US', 'DE')) not valid`,
    );
  });

  it.each([
    [`@Column({ type: 'text' })`, 'text'],
    [`@Column({ type: 'date', nullable: false })`, 'date'],
    [`@Column('text', { array: true })`, 'text array'],
    ['@SafeBigInt()', 'bigint'],
    ['@Timestamp({ nullable: false })', 'timestamp(3) with time zone'],
  ])('has a column of the same type: %s', async (form, type) => {
    const tree = project([ENTITY, `@Column('text')\n  name`, `${form}\n  name`]);
    await run(rename('name', 'title'), tree);
    const [added, filled] = migrationsOf(tree);
    expect(added).toContain(`'alter table suppliers add column title ${type}'`);
    expect(added).toContain('alter column name drop not null');
    expect(filled).toContain('alter column title set not null');
    expect(tree.readText(ENTITY)).toMatch(/nullable: true[^@]*\n {2}name!: string \| null;/);
  });
});

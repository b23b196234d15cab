import { field } from '../../schematics/field/field.ts';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { CONTROLLER, DTO, ENTITY, project, RESOURCE, run, SERVICE, TEST, type Edit } from './suppliers.ts';

const add = (text: string) => field({ words: ['supplier', text] });

describe('comments stay where they are', () => {
  it.each<[about: string, edit: Edit, shown: RegExp]>([
    [
      'behind the last field of the audit trail',
      [SERVICE, `  'founded',\n]`, `  'founded', // the year\n]`],
      /'founded', \/\/ the year\n {2}'vat',\n\]/,
    ],
    [
      'behind the last field, without a comma',
      [SERVICE, `  'founded',\n]`, `  'founded' // the year\n]`],
      /'founded', \/\/ the year\n {2}'vat',\n\]/,
    ],
    [
      'before the comma of the last field',
      [SERVICE, `  'founded',\n]`, `  'founded' /* the year */,\n]`],
      /'founded' \/\* the year \*\/,\n {2}'vat',\n\]/,
    ],
    [
      'at the end of the audit trail',
      [SERVICE, `  'founded',\n]`, `  'founded', /* the year */\n  // and no more\n]`],
      /'founded' \/\* the year \*\/,\n {2}'vat',\n {2}\/\/ and no more\n\]/,
    ],
    [
      'in a list of imports',
      [DTO, '{ IsEnum, IsOptional,', '{\n  IsEnum, // for the country\n  IsOptional,'],
      /IsEnum, \/\/ for the country\n {2}IsOptional,/,
    ],
    [
      'behind an import',
      [DTO, `fields.js';`, `fields.js'; // our own`],
      /\{ IsDateOnly, IsLabel \} from '[^']*'; \/\/ our own\n/,
    ],
    [
      'behind the last value of a request',
      [TEST, `founded: '2026-01-31' }`, `founded: '2026-01-31', /* a day */\n  // no more\n}`],
      /founded: '2026-01-31' \/\* a day \*\/,\n {2}vat: '[^']*',\n {2}\/\/ no more\n/,
    ],
    [
      'behind the shown fields',
      [RESOURCE, `['name', 'note'], contacts`, `[\n'name',\n'note', // for all\n], contacts`],
      /'note', \/\/ for all\n\s*'vat',\n/,
    ],
  ])('%s', async (_about, edit, shown) => {
    const tree = project(edit);
    expect(await run(add('vat:string(2..20)?'), tree)).toEqual([]);
    expect(tree.readText(edit[0])).toMatch(shown);
  });

  it('above the class, below a new enum', async () => {
    const tree = project([ENTITY, `@Entity('suppliers')`, `// Kept for ten years.\n@Entity('suppliers')`]);
    expect(await run(add('state:enum(new,old)=new'), tree)).toEqual([]);
    expect(tree.readText(ENTITY)).toMatch(/enum SupplierState \{[^}]*\}\n\n\/\/ Kept for ten years\.\n@Entity/);
  });
});

describe('imports of another style', () => {
  it.each<[Edit[], string, RegExp]>([
    [
      [[DTO, 'IsString,', 'IsString as Text,']],
      DTO,
      /import \{[^}]*\bIsString as Text, IsString,[^}]*\} from 'class-validator'/,
    ],
    [[[DTO, 'IsString,', 'type IsString,']], DTO, /import \{[^}]* IsString,[^}]*\} from 'class-validator'/],
    [
      [[ENTITY, 'import { Check, Column, Entity }', 'import type { Check, Column, Entity }']],
      ENTITY,
      /import \{ type Check, Column, type Entity \} from 'typeorm'/,
    ],
    [
      [
        [ENTITY, 'import { Check, Column, Entity }', 'import * as orm'],
        [ENTITY, `@Column('text')\n  name`, `@orm.Column('text')\n  name`],
      ],
      ENTITY,
      /import \* as orm from 'typeorm';\nimport \{ Column \} from 'typeorm';\n/,
    ],
  ])('are extended by the names that the field needs: %j', async (edits, path, shown) => {
    const tree = project(...edits);
    expect(await run(add('vat:string(2..20)?'), tree)).toEqual([]);
    expect(tree.readText(path)).toMatch(shown);
  });

  it('do not hide the columns', async () => {
    const tree = project(
      [ENTITY, 'Check, Column,', 'Check, Column as Col,'],
      [ENTITY, `@Column('text')\n  name`, `@Col('text')\n  name`],
    );
    await run(renameField({ words: ['supplier', 'name', 'title'] }), tree);
    expect(tree.readText(ENTITY)).toContain(`@Col('text')\n  title!: string;`);
  });
});

describe('an entity in another folder', () => {
  const MOVED = 'src/suppliers/entities/supplier.entity.ts';
  const moved = () => {
    const tree = project();
    tree.create(MOVED, tree.readText(ENTITY).replace(`'../kernel`, `'../../kernel`));
    tree.delete(ENTITY);
    tree.overwrite(DTO, tree.readText(DTO).replace('./supplier.entity', './entities/supplier.entity'));
    return tree;
  };

  it('is imported from there, and imports from there', async () => {
    const tree = moved();
    expect(await run(add('state:enum(new,old)=new'), tree)).toEqual([]);
    expect(tree.readText(DTO)).toContain(
      `import { SupplierCountry, SupplierState } from './entities/supplier.entity.js'`,
    );
    expect(await run(add('item:items?'), tree)).toEqual([]);
    expect(await run(add('paid:datetime?'), tree)).toEqual([]);
    expect(tree.readText(MOVED).match(/from '.*'/g)).toEqual([
      `from 'typeorm'`,
      `from '../../items/item.entity.js'`,
      `from '../../kernel/database/columns.js'`,
    ]);
  });
});

it('the tests of a new field use the path of the controller', async () => {
  const tree = project([CONTROLLER, 'export class', `@Controller('trade/suppliers')\nexport class`]);
  expect(await run(add('code:uuid?:unique'), tree)).toEqual([]);
  expect(tree.readText(TEST)).toContain(`admin.post('/trade/suppliers', fresh())`);
});

it.each([`@Entity({ name: 'suppliers' })`, '@Entity("suppliers")'])('a table is found: %s', async (entity) => {
  const tree = project([ENTITY, `@Entity('suppliers')`, entity]);
  expect(await run(add('vat:string?'), tree)).toEqual([]);
});

it.each<Edit>([
  [ENTITY, 'export class Supplier ', 'export class Vendor '],
  [ENTITY, `@Entity('suppliers')`, `@Entity(TABLE)`],
  [ENTITY, `@Entity('suppliers')`, `@Entity({ schema: 'other', name: 'suppliers' })`],
])('an entity of another form is refused: %s %s → %s', async (...edit) => {
  await expect(run(add('vat:string?'), project(edit))).rejects.toThrow(
    `${ENTITY} has no class Supplier with @Entity('TABLE')`,
  );
});

describe('a class with another name is reported, and its file stays as it is', () => {
  const RULES = [
    add('vat:string?'),
    renameField({ words: ['supplier', 'note', 'remarks'] }),
    removeField({ words: ['supplier', 'note'] }),
  ];

  it.each(RULES)('that of the responses: %#', async (rule) => {
    const tree = project([DTO, 'SupplierResponse', 'SupplierView']);
    const former = tree.readText(DTO);
    expect((await run(rule, tree))[0]).toBe(`Not placed: ${DTO}: there is no class SupplierResponse`);
    expect(tree.readText(DTO)).toBe(former);
  });

  it('that of changes, if it has its own fields', async () => {
    const handler: Edit = [CONTROLLER, 'patchSupplier', '@Patch()\n  patchSupplier'];
    const renamed: Edit = [DTO, 'SupplierPatch extends', 'SupplierEdit extends'];
    expect(await run(add('vat:string?'), project(handler, renamed))).toEqual([]);
    expect(
      await run(add('vat:string?'), project(handler, renamed, [DTO, 'PatchType(SupplierCreate)', 'Other'])),
    ).toEqual([
      `Not placed: ${DTO}: there is no class SupplierPatch`,
      `Not placed: ${TEST}: add vat when new rows have it`,
    ]);
  });
});

it('a class that extends another one of the requests does not get the field twice', async () => {
  const tree = project(
    [DTO, 'class SupplierPatch extends PatchType(SupplierCreate)', 'class SupplierPatch extends SupplierEdit'],
    [
      DTO,
      'export class SupplierPatch',
      'class SupplierEdit extends PatchType(SupplierCreate) {}\n\nexport class SupplierPatch',
    ],
  );
  expect(await run(add('vat:string?'), tree)).toEqual([]);
  expect(tree.readText(DTO).match(/^ {2}vat.*$/gm)).toEqual(['  vat: string | null = null;']);
});

it('the audit trail may be in another file of the feature', async () => {
  const trail = /const trail = [^]*?\]\);\n/;
  const tree = project();
  const text = tree.readText(SERVICE);
  tree.create('src/suppliers/suppliers.trail.ts', `export ${trail.exec(text)![0]}`);
  tree.overwrite(SERVICE, text.replace(trail, '').replace(/import \{ AuditedRows.*\n/, ''));
  expect(await run(add('vat:string?'), tree)).toEqual([]);
  expect(tree.readText('src/suppliers/suppliers.trail.ts')).toContain(`'vat'`);
});

it.each([
  ['changesOf(patch, found)', []],
  ['{ ...patch }', []],
  ['{ name: patch.name }', ['vat']],
])('a change that does not store the whole body is reported: updateOne(found, %s)', async (values, missing) => {
  const method = `  patch(patch: SupplierPatch) {\n    return this.suppliers.updateOne(found, ${values}).catch((error: unknown) => refuse(error, patch));\n  }\n\n  create(`;
  expect(await run(add('vat:string?'), project([SERVICE, '  create(', method]))).toEqual(
    missing.map(
      (name) =>
        `Not placed: ${SERVICE}: no function gets the whole SupplierPatch or a spread of it: add ${name} where the row is changed`,
    ),
  );
});

it.each(['SupplierCreate', 'SupplierResponse'])('a name that %s already has is refused', async (name) => {
  const edit: Edit = [DTO, `export class ${name} `, `export class ${name} `];
  const tree = project(edit);
  tree.overwrite(DTO, tree.readText(DTO).replace(new RegExp(`(class ${name} [^{]*\\{)`), '$1\n  invite!: boolean;\n'));
  const sentence = `${name} already has a field invite`;
  await expect(run(add('invite:boolean?'), tree)).rejects.toThrow(sentence);
  await expect(run(renameField({ words: ['supplier', 'note', 'invite'] }), tree)).rejects.toThrow(sentence);
});

it.each([
  ['field', add('state:enum(new,old)=new')],
  ['field', add('code:uuid?:unique')],
  ['rename-field', renameField({ words: ['supplier', 'country', 'land'] })],
  ['remove-field', removeField({ words: ['supplier', 'note'] })],
])('the line ends of Windows do not matter: %s', async (_name, rule) => {
  const [unix, windows] = [project(), project()];
  for (const path of [ENTITY, DTO, SERVICE, CONTROLLER, RESOURCE, TEST])
    windows.overwrite(path, windows.readText(path).replaceAll('\n', '\r\n'));
  expect([await run(rule, unix), await run(rule, windows)]).toEqual([[], []]);
  for (const path of [ENTITY, DTO, SERVICE, CONTROLLER, RESOURCE, TEST])
    expect(windows.readText(path).replaceAll('\r', '')).toBe(unix.readText(path));
});

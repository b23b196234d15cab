import type { Tree } from '@angular-devkit/schematics';
import { field } from '../../schematics/field/field.ts';
import { parseField } from '../../schematics/lib/fields.ts';
import { Sources, targetsOf } from '../../schematics/lib/project.ts';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { filesOf, generated } from './generated.ts';
import { run } from './suppliers.ts';

const FIELDS = [
  'added:string(2..40)?',
  'added:string(1..40)=new',
  'added:string(12..30)?:unique',
  'added:text?',
  'added:text(20..300)?',
  'added:text=none',
  'added:email?',
  'added:email?:unique',
  'added:url?',
  'added:url?:unique',
  'added:uuid?',
  'added:uuid?:unique',
  'added:int(1..9)?',
  'added:int(-5..5)=-3',
  'added:int?:unique',
  'added:cents?',
  'added:cents(-20_000..10)=-12_345',
  'added:boolean?',
  'added:boolean=true',
  'added:boolean=false',
  'added:date?',
  'added:datetime?',
  'added:enum(low,high)?',
  'added:enum(low,high)=high',
  'added:list',
  'added:list(0..3)',
  'added:map',
  'item:items?',
  'added:items?',
  'added:suppliers?',
];

const RENAMED = [
  'string(2..40)',
  'text?',
  'email',
  'url?',
  'uuid',
  'int(1..9)',
  'cents(-20_000..10)?',
  'boolean',
  'date?',
  'datetime',
  'enum(low,high)',
];

/** The other fields and the options of the resource. */
const OTHERS: readonly (readonly [fields: string, options: string])[] = [
  ['name:string', '--reads public'],
  ['name:string code:string(12..20):unique', '--search name,code --writes signed-in --reads admin'],
  ['name:string stored_in:items vat:uuid?:unique', '--reads public'],
  ['name:string kind:enum(a,b) founded:datetime', '--owner'],
];

/** Returns the files without what may differ: the formatter keeps line breaks, and an enum keeps its name. */
const codeOf = (tree: Tree) =>
  Object.entries(filesOf(tree)).map(([path, text]) => [
    path,
    text
      .replaceAll('SupplierInUse', 'SupplierAsUsed')
      .replaceAll(/\s+/g, '')
      .replaceAll(/,(?=[\])}])/g, ''),
  ]);

describe.each(OTHERS)('a field that is added to a resource with %s %s', (fields, options) => {
  const owned = options === '--owner';
  it.each(FIELDS.filter((one) => !owned || one !== 'added:suppliers?'))(
    'is written as if the resource had always had it: %s',
    async (added) => {
      const whole = await generated(...fields.split(' '), added, ...options.split(' '));
      const grown = await generated(...fields.split(' '), ...options.split(' '));
      expect(await run(field({ words: ['supplier', added] }), grown)).toEqual([]);
      expect(filesOf(grown)).toEqual(filesOf(whole));
    },
  );
});

describe.each(OTHERS)('of a resource with %s %s', (fields, options) => {
  const owned = options === '--owner';
  const of = (...added: string[]) => generated(...fields.split(' '), ...added, ...options.split(' '));

  it.each(FIELDS.filter((one) => !owned || one !== 'added:suppliers?'))(
    'a removed field leaves nothing behind: %s',
    async (added) => {
      const [shrunk, without] = [await of(added), await of()];
      const remove = removeField({ words: ['supplier', parseField(added, targetsOf(new Sources(shrunk))).name] });
      expect([await run(remove, shrunk), await run(remove, shrunk)]).toEqual([[], []]);
      expect(codeOf(shrunk)).toEqual(codeOf(without));
    },
  );

  it.each(RENAMED)('a renamed field is as if it had always had its name: %s', async (type) => {
    const [renamed, as] = [await of(`in_use:${type}`), await of(`as_used:${type}`)];
    expect(await run(renameField({ words: ['supplier', 'in_use', 'as_used'] }), renamed)).toEqual([]);
    expect(await run(removeField({ words: ['supplier', 'in_use'] }), renamed)).toEqual([]);
    expect(codeOf(renamed)).toEqual(codeOf(as));
  });
});

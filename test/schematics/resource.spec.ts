import { HostTree } from '@angular-devkit/schematics';
import { addModule } from '../../schematics/lib/app-module.ts';
import { namesOf } from '../../schematics/lib/names.ts';
import { refuseTaken, Sources } from '../../schematics/lib/project.ts';
import { freeNouns } from '../generator/definitions.ts';
import { generated } from './generated.ts';
import { CONTROLLER } from './suppliers.ts';

const of = (files: Readonly<Record<string, string>>) => {
  const tree = new HostTree();
  for (const [path, text] of Object.entries(files)) tree.create(path, text);
  return new Sources(tree);
};
const MODULE = 'src/app.module.ts';

it('a module is added to the imports of the application, not to another list before them', () => {
  const sources = of({
    [MODULE]: `@Module({ providers: [Told], imports: [AuthModule, PostsModule, MailModule] })\nexport class AppModule {}\n`,
  });
  addModule(sources, namesOf('supplier'));
  expect(sources.tree.readText(MODULE)).toContain(
    'providers: [Told], imports: [AuthModule, PostsModule, SuppliersModule, MailModule]',
  );
});

it('a module is refused if the imports of the application are not a list', () => {
  const sources = of({ [MODULE]: `@Module({ providers: [Told], imports: MODULES })\nexport class AppModule {}\n` });
  expect(() => addModule(sources, namesOf('supplier'))).toThrow(
    'The imports of AppModule in src/app.module.ts are not a list literal',
  );
});

it('random resources do not have names that the project uses', () => {
  const sources = of({
    'openapi.json': JSON.stringify({ paths: {}, components: { schemas: {} } }),
    'src/suppliers/supplier.entity.ts': `@Entity('suppliers')\nexport class Supplier {}\n`,
  });
  const nouns = freeNouns(sources);
  expect(nouns).not.toContain('supplier');
  expect(nouns).toContain('vendor');
});

it.each([
  ['create table suppliers (id integer)', true],
  ['CREATE TABLE IF NOT EXISTS "suppliers" ("id" integer)', true],
  ['create unlogged table suppliers (id integer)', true],
  ['create table suppliers_of_items (id integer)', false],
])('a name is taken if a migration creates its table, although it has no entity: %s', (statement, isTaken) => {
  const sources = of({
    'openapi.json': JSON.stringify({ paths: {}, components: { schemas: {} } }),
    'migrations/1700000000000-a.ts': `runner.query('${statement}');\n`,
  });
  const checked = () => refuseTaken(namesOf('supplier'), sources);
  if (isTaken) expect(checked).toThrow('"supplier" is taken: a migration creates a table suppliers');
  else expect(checked).not.toThrow();
});

it.each(['--owner', '--owner --reads public', '--owner --search name', '--reads admin', '--search name'])(
  'the first sentences are short enough for a summary, also with a long name: %s',
  async (options) => {
    const tree = await generated('name:string', ...options.split(' '));
    const text = tree.readText(CONTROLLER).replaceAll(/suppliers?/g, 'spare_parts_of_suppliers');
    const sentences = [...text.matchAll(/\/\*\* ([^.]+)\./g)].map(([, sentence]) => sentence!);
    expect(sentences).toHaveLength(5);
    expect(sentences.filter(({ length }) => length >= 60)).toEqual([]);
  },
);

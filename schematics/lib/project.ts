import type { Tree } from '@angular-devkit/schematics';
import { Node, Project, SyntaxKind, type ClassDeclaration, type SourceFile } from 'ts-morph';
import type { Target } from './fields.ts';
import { hasMigration } from './migrations.ts';
import type { Names } from './names.ts';
import { Refusal } from './refusal.ts';

/** The sources of a tree, parsed so that they can be read and changed by their syntax. */
export class Sources {
  private readonly project = new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { quoteKind: "'" as never },
  });
  readonly tree: Tree;

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** The paths of the files in a folder, at any depth. */
  paths(folder: string): string[] {
    const { subfiles, subdirs } = this.tree.getDir(folder);
    return [
      ...subfiles.map((name) => `${folder}/${name}`),
      ...subdirs.flatMap((name) => this.paths(`${folder}/${name}`)),
    ];
  }

  file(path: string): SourceFile {
    return this.project.getSourceFile(path) ?? this.project.createSourceFile(path, this.tree.readText(path));
  }

  /** Parses the file again, as the tree has it now. */
  fresh(path: string): SourceFile {
    return this.project.createSourceFile(path, this.tree.readText(path), { overwrite: true });
  }

  /** Writes the changes of a file to the tree. */
  save(file: SourceFile): void {
    this.tree.overwrite(file.getFilePath().slice(1), file.getFullText());
  }
}

/** Returns the table of `@Entity('notes')` or `@Entity({ name: 'notes' })`, unless it is in another schema. */
function tableOf(argument: Node | undefined): string | undefined {
  if (!Node.isObjectLiteralExpression(argument)) return argument?.asKind(SyntaxKind.StringLiteral)?.getLiteralValue();
  const name = argument.getProperty('schema') ? undefined : argument.getProperty('name');
  const value = name?.asKind(SyntaxKind.PropertyAssignment)?.getInitializerIfKind(SyntaxKind.StringLiteral);
  return value?.getLiteralValue();
}

/** Returns the classes of tables, by their `@Entity`. */
export function entitiesOf(sources: Sources): { table: string; declared: ClassDeclaration; path: string }[] {
  const paths = sources.paths('src').filter((path) => path.endsWith('.entity.ts'));
  return paths.flatMap((path) =>
    sources
      .file(path)
      .getClasses()
      .flatMap((declared) => {
        const [argument] = declared.getDecorator('Entity')?.getArguments() ?? [];
        const table = tableOf(argument);
        return table === undefined ? [] : [{ table, declared, path }];
      }),
  );
}

/** Returns the resources that others can refer to: tables with integer ids, and their error for missing rows. */
export function targetsOf(sources: Sources): Target[] {
  return entitiesOf(sources)
    .filter(({ declared }) => declared.getExtends()?.getText() === 'BaseColumns')
    .map(({ table, declared, path }) => {
      const folder = path.split('/')[1]!;
      const Class = declared.getName()!;
      return {
        Class,
        table,
        folder,
        file: path,
        notFound: notFoundOf(sources, folder, Class),
        owned: table === 'users' || declared.getProperty('user_id') !== undefined,
      };
    });
}

function notFoundOf(sources: Sources, folder: string, Class: string): Target['notFound'] {
  const name = `${Class.charAt(0).toLowerCase()}${Class.slice(1)}NotFound`;
  const path = `src/${folder}/${folder}.errors.ts`;
  const isThere = sources.tree.exists(path) && sources.file(path).getVariableDeclaration(name) !== undefined;
  return isThere ? { name, file: path } : undefined;
}

/** Throws a Refusal if the project already uses this name. */
export function refuseTaken({ path, table, Class, Classes, snake, file }: Names, sources: Sources): void {
  const taken = (what: string) => new Refusal(`"${file}" is taken: ${what}`);
  for (const folder of [`src/${path}`, `test/${path}`]) {
    if (sources.paths(folder).length > 0) throw taken(`there is a folder ${folder}`);
  }
  const entities = entitiesOf(sources);
  if (entities.some((one) => one.table === table)) throw taken(`there is a table ${table}`);
  const created = new RegExp(`create (?:unlogged )?table (?:if not exists )?"?${table}\\b`, 'i');
  if (hasMigration(sources.tree, (text) => created.test(text))) throw taken(`a migration creates a table ${table}`);
  const document = JSON.parse(sources.tree.readText('openapi.json')) as {
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: object };
  };
  const operations = Object.values(document.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  const mine = new Set([`list${Classes}`, `get${Class}`, `create${Class}`, `patch${Class}`, `delete${Class}`]);
  const operation = operations.find((id) => mine.has(id));
  if (operation !== undefined) throw taken(`there is an operation ${operation}`);
  const schema = [Class, `${Class}Create`, `${Class}Patch`, `${Class}Response`].find(
    (name) => name in document.components.schemas,
  );
  if (schema !== undefined) throw taken(`there is a schema ${schema}`);
  if (Object.keys(document.paths).some((one) => one.includes(`{${snake}_id}`)) || `/${path}` in document.paths)
    throw taken(`there is a path with ${snake}_id`);
  if (entities.some(({ declared }) => declared.getName() === Class)) throw taken(`there is an entity ${Class}`);
}

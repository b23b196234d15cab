import type { Definition } from '../lib/definition.ts';
import { labelOf, type Field } from '../lib/fields.ts';
import { importPath } from './entity.ts';
import type { Imports } from './imports.ts';
import { capitalized, type Names } from '../lib/names.ts';
import { takenOf } from './taken.ts';

const ACCESS = '../kernel/access/access.js';
const PAGES = '../kernel/http/page-query.dto.js';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/** A constraint that a write can violate, and the error that reports it. */
export interface Violation {
  readonly constraint: string;
  /** The name of the error. */
  readonly error: string;
  /** The call that returns the error. */
  readonly call: string;
  /** The file that a feature imports the error from. */
  readonly file: string;
}

/** Returns how a write of a field can violate a constraint, if it has one. */
export function violationOf(field: Field, names: Names): Violation | undefined {
  const { name, target, unique } = field;
  if (!target && !unique) return undefined;
  const constraint = `${names.table}_${name}`;
  if (!target) {
    const error = takenOf(field, names);
    return { constraint: `${constraint}_key`, error, call: `${error}()`, file: `./${names.path}.errors.js` };
  }
  const { name: error, file } = target.notFound!;
  const call = `${error}(String(${name}))`;
  return { constraint: `${constraint}_fkey`, error, call, file: importPath(file, names) };
}

const violationsOf = (fields: readonly Field[], names: Names) =>
  fields.flatMap((field) => violationOf(field, names) ?? []);
const errorNames = ({ fields, names }: Definition) => [
  ...new Set(violationsOf(fields, names).map(({ error }) => error)),
];
const patchErrors = (definition: Definition) => [
  ...new Set([`${definition.names.variable}NotFound`, ...errorNames(definition)]),
];

export function serviceView(definition: Definition): { view: object; imports: Imports } {
  const { names, fields, search, reads, owned } = definition;
  const { Class, variables, variable } = names;
  const ownReads = reads === 'own';
  const errors = errorNames(definition);
  const long = search.filter(({ kind }) => kind === 'text').map(({ name }) => name);
  const options = long.length > 0 ? `, { long: [${list(long)}] }` : '';
  const from = ownReads ? 'this.visible(caller)' : `this.${variables}.rows`;
  const searched = `${from}.search([${list(search.map(({ name }) => name))}], query.search${options})`;
  const view = {
    ownReads,
    readCaller: ownReads ? 'caller: Caller, ' : '',
    listed: search.length > 0 ? searched : ownReads ? from : `this.${variables}`,
    audited: list(fields.map(({ name }) => name)),
    auditPath: names.path === `${names.snake}s` ? '' : `, '${names.path}'`,
    createDoc: errors.length > 0 ? `  /** Throws ${errors.join(', ')}. */\n` : '',
    thrownByPatch: patchErrors(definition).join(', '),
    kept: errors.length > 0 ? 'const written = ' : 'return ',
    refusedCreate: errors.length > 0 ? '    return written.catch((error: unknown) => refuse(error, body));\n' : '',
    refusedPatch: errors.length > 0 ? '    return written.catch((error: unknown) => refuse(error, patch));\n' : '',
    locked: owned
      ? 'await this.locked(caller, id)'
      : `existing(await this.${variables}.lock(id), ${variable}NotFound, id)`,
    unlessOwn: owned ? 'if (found.user_id !== caller.id) ' : '',
    refuse: refuseFunction(fields, names),
  };
  return { view, imports: serviceImports(definition, Class) };
}

/** Returns the function that reports the violated constraints of these fields, or nothing if they have none. */
export function refuseFunction(fields: readonly Field[], names: Names): string {
  const known = violationsOf(fields, names);
  if (known.length === 0) return '';
  const related = fields.filter(({ target }) => target).map(({ name }) => name);
  const body = related.length > 0 ? `{ ${related.join(', ')} }` : `_body`;
  const tests = known.map(({ constraint, call }) => `  if (constraint === '${constraint}') throw ${call};\n`);
  return [
    '',
    '/** Throws the error for a violated constraint, or else the error itself. */',
    `function refuse(error: unknown, ${body}: ${names.Class}Patch): never {`,
    '  const constraint = violatedConstraint(error);',
    `${tests.join('')}  throw error;`,
    '}',
    '',
  ].join('\n');
}

function serviceImports(definition: Definition, Class: string): Imports {
  const { names, fields, search, owned } = definition;
  const known = violationsOf(fields, names);
  const imports: Record<string, string[]> = {
    '@nestjs/common': ['Injectable'],
    '@nestjs/typeorm': ['InjectRepository'],
    '../audit/audited-rows.js': ['AuditedRows'],
    [ACCESS]: owned ? ['ownerOf', 'type Caller'] : ['type Caller'],
    '../kernel/database/base.repository.js': ['BaseRepository'],
    '../kernel/database/page.js': ['type Page'],
    '../kernel/database/select-query.js': owned ? ['type SelectQuery'] : [],
    '../kernel/database/transaction.js': ['transaction'],
    '../kernel/errors/database-errors.js': known.length > 0 ? ['violatedConstraint'] : [],
    '../kernel/errors/existing.js': ['existing'],
    [PAGES]: [search.length > 0 ? 'type SearchQuery' : 'type PageQuery'],
    '../kernel/validation/changes.js': ['changesOf'],
    [`./${names.file}.entity.js`]: [Class],
    [`./${names.path}.dto.js`]: [`type ${Class}Create`, `type ${Class}Patch`],
    [`./${names.path}.errors.js`]: [`${names.variable}NotFound`],
  };
  for (const { error, file } of known) (imports[file] ??= []).push(error);
  return imports;
}

const READ: Readonly<Record<Definition['reads'], string>> = {
  public: 'Public()',
  'signed-in': 'SignedIn()',
  own: 'SignedIn()',
  admin: 'Roles(UserRole.admin)',
};

export function controllerView(definition: Definition): { view: object; imports: Imports } {
  const { names, search, reads, writes, owned } = definition;
  const ownReads = reads === 'own';
  const errors = errorNames(definition);
  const writeAccess = writes === 'admin' ? READ.admin : 'SignedIn()';
  const yours = `one of your ${names.manyWords}`;
  const list = ownReads
    ? `Lists your ${names.manyWords}, oldest first. An admin gets those of all users.`
    : `Lists all ${names.manyWords}, oldest first.`;
  const searched = search.length > 0 ? ` The search covers ${search.map(labelOf).join(' and ')}.` : '';
  const view = {
    readAccess: READ[reads],
    writeAccess,
    TagSentence: owned
      ? `${capitalized(names.manyWords)} of users.`
      : `${capitalized(names.manyWords)} and their data.`,
    listSentence: `${list}${searched}`,
    getSentence: ownReads ? `Shows ${yours}. An admin can see all.` : `Shows ${names.one}.`,
    patchSentence: owned ? `Changes ${yours}. An admin can change all.` : `Changes ${names.one}.`,
    deleteSentence: owned ? `Deletes ${yours}. An admin can delete all.` : `Deletes ${names.one}.`,
    callerParameter: ownReads ? '@CurrentUser() caller: Caller, ' : '',
    callerArgument: ownReads ? 'caller, ' : '',
    createErrors: errors.length > 0 ? `errors: [${errors.join(', ')}], ` : '',
    patchErrors: patchErrors(definition).join(', '),
  };
  return { view, imports: controllerImports(definition, [READ[reads], writeAccess]) };
}

function controllerImports(definition: Definition, decorators: readonly string[]): Imports {
  const { names, fields, search } = definition;
  const { Class, Classes, path, variable } = names;
  const query = search.length > 0 ? 'SearchQuery' : 'PageQuery';
  const imports: Record<string, string[]> = {
    '@nestjs/common': ['Body', 'Controller', 'Delete', 'Get', 'Param', 'Patch', 'Post', 'Query'],
    [ACCESS]: [
      'CurrentUser',
      ...decorators.map((text) => text.split('(')[0]!),
      ...(decorators.includes(READ.admin) ? ['UserRole'] : []),
      'type Caller',
    ],
    '../kernel/http/id.pipe.js': ['IdPipe'],
    [PAGES]: [query],
    '../kernel/http/response-with-headers.js': ['created'],
    '../kernel/http/returns.js': ['Returns', 'ReturnsNothing'],
    '../openapi/tags.js': ['Tag'],
    [`./${path}.dto.js`]: [`${Class}Create`, `${Class}Patch`, `${Class}Response`],
    [`./${path}.errors.js`]: [`${variable}NotFound`],
    [`./${path}.service.js`]: [`${Classes}Service`],
  };
  for (const { error, file } of violationsOf(fields, names)) (imports[file] ??= []).push(error);
  return imports;
}

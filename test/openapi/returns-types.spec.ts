import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '../..');
/** A file among the real sources that exists only in memory. */
const FILE = join(ROOT, 'src/handlers-of-a-test.ts');

const HEAD = `
import { created, ResponseWithHeaders } from './kernel/http/response-with-headers.js';
import { Page } from './kernel/database/page.js';
import { Returns, ReturnsMedia, ReturnsNothing } from './kernel/http/returns.js';

class Address { street!: string; city!: string }
class Person { id!: number; email!: string; nick?: string; bio!: string | null; address!: Address | null; created_at!: Date }
class Named { name!: string }
const address = { street: 's', city: 'c' };
const person = { id: 1, email: 'e', bio: null, address, created_at: new Date() };
const entity = { ...person, password_hash: 'more than is declared' };
const edges = { skip: 0, limit: 10 };
declare const maybe: typeof person | undefined;
declare const late: Promise<typeof person>;
`;

/** Handlers that return what they declare. Each must compile. */
const GOOD: Record<string, string> = {
  'the model': '@Returns(Person) h() { return person; }',
  'a promise of it': '@Returns(Person) async h() { return late; }',
  'an entity with more fields': '@Returns(Person) h() { return entity; }',
  'nulls where they are allowed': '@Returns(Person) h() { return { ...person, address: null }; }',
  'an optional field': `@Returns(Person) h() { return { ...person, nick: 'n' }; }`,
  'an answer with headers': `@Returns(Person, { status: 201 }) h() { return created(person, '/people/1'); }`,
  'a promise of an answer': `@Returns(Person) async h() { return new ResponseWithHeaders(await late, { ETag: 'x' }); }`,
  'a list': '@Returns([Person]) h() { return [person, entity]; }',
  'an empty list': '@Returns([Person]) h() { return []; }',
  'a list that nobody changes': '@Returns([Person]) h(): readonly Person[] { return [person]; }',
  'a slice': '@Returns([Person]) h() { return new Page([entity], edges); }',
  'a promise of a slice': '@Returns([Person]) async h() { return new Page([person], edges); }',
  'a slice in an answer': '@Returns([Person]) h() { return new ResponseWithHeaders(new Page([person], edges), {}); }',
  'a handler with parameters': '@Returns(Named) h(id: number, body: Named) { return body; }',
  nothing: '@ReturnsNothing() h() {}',
  'a promise of nothing': '@ReturnsNothing() async h() { await late; }',
  'a stream': `@ReturnsMedia({ 'text/csv': 'a,b' }) async h() { await late; }`,
};

/** Handlers that return something else. The compiler must report an error for each. */
const BAD: Record<string, string> = {
  'a missing field': '@Returns(Person) h() { const { email, ...rest } = person; return rest; }',
  'a field that may be missing': '@Returns(Person) h(): Omit<Person, "email"> & { email?: string } { return person; }',
  'a field of another type': `@Returns(Person) h() { return { ...person, id: '1' }; }`,
  'null where it is not allowed': '@Returns(Person) h() { return { ...person, email: null }; }',
  'undefined where null is meant': '@Returns(Person) h() { return { ...person, bio: undefined }; }',
  'a date as text': `@Returns(Person) h() { return { ...person, created_at: '2026-01-31' }; }`,
  'a nested field missing': `@Returns(Person) h() { return { ...person, address: { street: 's' } }; }`,
  'a nested field in a promise': `@Returns(Person) async h() { return { ...(await late), address: { street: 1, city: 'c' } }; }`,
  'another model': `@Returns(Person) h() { return { name: 'n' }; }`,
  null: '@Returns(Person) h() { return null; }',
  undefined: '@Returns(Person) h() { return maybe; }',
  'nothing for a model': '@Returns(Person) h() {}',
  'a promise of nothing for a model': '@Returns(Person) async h() {}',
  'a list for one': '@Returns(Person) h() { return [person]; }',
  'one for a list': '@Returns([Person]) h() { return person; }',
  'a list of another model': `@Returns([Person]) h() { return [{ name: 'n' }]; }`,
  'a list with a hole': '@Returns([Person]) h() { return [person, maybe]; }',
  'a slice of another model': `@Returns([Person]) h() { return new Page([{ name: 'n' }], edges); }`,
  'a slice for one': '@Returns(Person) h() { return new Page([person], edges); }',
  'an answer around another model': `@Returns(Person) h() { return created({ name: 'n' }, '/n'); }`,
  'a promise of an answer around another model': `@Returns(Person) async h() { return created({ name: 'n' }, '/n'); }`,
  'a body where there is none': '@ReturnsNothing() h() { return person; }',
  'a promise of a body where there is none': '@ReturnsNothing() async h() { return person; }',
  'a body beside a stream': `@ReturnsMedia({ 'text/csv': 'a,b' }) h() { return person; }`,
};

const ALL = Object.entries({ ...GOOD, ...BAD });

/** Compiles all handlers at once. Returns the compiler's errors for each handler, by its name. */
function compile(): Map<string, string[]> {
  const head = HEAD.split('\n').length - 1;
  const text = HEAD + ALL.map(([, handler], i) => `export class C${i} { ${handler} }`).join('\n');
  const settings = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path))
    .config as ts.TsConfigSourceFile;
  const parsed = ts.parseJsonConfigFileContent({ ...settings, include: [] }, ts.sys, ROOT);
  const options = { ...parsed.options, types: ['node'], noEmit: true };
  const disk = ts.createCompilerHost(options, true);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => path === FILE || disk.fileExists(path),
    getSourceFile: (path, version, ...rest) =>
      path === FILE ? ts.createSourceFile(path, text, version, true) : disk.getSourceFile(path, version, ...rest),
  };
  const program = ts.createProgram([FILE], options, host);
  const complaints = new Map<string, string[]>(ALL.map(([name]) => [name, []]));
  const source = program.getSourceFile(FILE)!;
  for (const { start, messageText } of [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ]) {
    const line = source.getLineAndCharacterOfPosition(start ?? 0).line - head;
    const name = ALL[line]?.[0] ?? 'the head';
    complaints.set(name, [...(complaints.get(name) ?? []), ts.flattenDiagnosticMessageText(messageText, ' ')]);
  }
  return complaints;
}

let complaints: Map<string, string[]>;

beforeAll(() => {
  complaints = compile();
});

describe('a handler whose result matches its model compiles', () => {
  it.each(Object.keys(GOOD))('%s', (name) => expect(complaints.get(name)).toEqual([]));
});

describe('a handler whose result does not match its model fails to compile', () => {
  it.each(Object.keys(BAD))('%s', (name) => {
    const [first, ...more] = complaints.get(name)!;
    expect(first).toMatch(/not assignable|Unable to resolve signature of method decorator/);
    expect(more).toEqual([]);
  });
});

it('the rest of the compiled source has no errors', () => {
  expect([...complaints.keys()]).toEqual(ALL.map(([name]) => name));
});

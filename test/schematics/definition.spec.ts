import { parseDefinition, wordsOfLine } from '../../schematics/lib/definition.ts';
import { parseField, type Target } from '../../schematics/lib/fields.ts';
import { namesOf } from '../../schematics/lib/names.ts';
import { Refusal } from '../../schematics/lib/refusal.ts';

const target = (Class: string, folder: string, owned = false): Target => ({
  Class,
  table: folder,
  folder,
  file: `src/${folder}/x.entity.ts`,
  notFound: { name: 'notFound', file: `src/${folder}/${folder}.errors.ts` },
  owned,
});
const TARGETS = [
  target('Item', 'items'),
  target('Order', 'orders', true),
  { ...target('Log', 'logs'), notFound: undefined },
];

const parse = (line: string) => parseDefinition(wordsOfLine(line), TARGETS);
const fieldOf = (text: string) => parseField(text, TARGETS);

describe('a definition', () => {
  it('is parsed with its name, fields, search and access rules', () => {
    const { names, fields, search, ...access } = parse(
      'purchase-order name:string(2..100) note:text? stock:int(0..9)=3 item:items? --search name --writes admin --reads public',
    );
    expect(names).toMatchObject({ Class: 'PurchaseOrder', path: 'purchase-orders', table: 'purchase_orders' });
    expect(fields.map(({ name, kind, nullable, fallback }) => [name, kind, nullable, fallback])).toEqual([
      ['name', 'string', false, undefined],
      ['note', 'text', true, undefined],
      ['stock', 'int', false, 3],
      ['item_id', 'relation', true, undefined],
    ]);
    expect(search).toEqual([fields[0]]);
    expect(access).toEqual({ reads: 'public', writes: 'admin', owned: false });
  });

  it.each([
    ['supplier name:string', 'signed-in', 'admin', false],
    ['supplier name:string --owner', 'own', 'own', true],
    ['supplier name:string --owner --reads public', 'public', 'own', true],
  ])('determines the access rules: %s', (line, reads, writes, owned) => {
    expect(parse(line)).toMatchObject({ reads, writes, owned });
  });

  it('may have spaces in bounds and quoted texts', () => {
    expect(wordsOfLine(`a:enum(US, DE)? "b:text=two words" 'c:string(2..9)?' --search x`)).toEqual([
      'a:enum(US, DE)?',
      'b:text=two words',
      'c:string(2..9)?',
      '--search',
      'x',
    ]);
  });

  it('may name the searched fields in several options', () => {
    const { search } = parse('supplier name:string mail:email note:text --search name,mail --search note');
    expect(search.map(({ name }) => name)).toEqual(['name', 'mail', 'note']);
  });

  it.each([
    ['', 'The resource has no name: give its name and its fields, such as supplier name:string(2..100)'],
    ['Supplier a:int', '"Supplier" is not a valid name: use lower-case words such as purchase-order'],
    ['suppliers a:int', 'Use the singular: "supplier" instead of "suppliers"'],
    ['sheep a:int', '"sheep" has no separate plural: use a word whose singular and plural differ'],
    ['class a:int', '"class" is a reserved word'],
    ['order a:int', '"order" is a reserved word'],
    [
      'a-name-that-is-longer-than-it-may-be a:int',
      '"a-name-that-is-longer-than-it-may-be" is too long: 24 characters at most',
    ],
    ['supplier', 'supplier has no fields: add at least one, such as name:string(2..100)'],
    ['supplier a:int a:text', 'The field a is defined twice'],
    ['supplier item:text item:items', 'The field item is defined twice'],
    ['supplier a:int --foo', "Unknown option '--foo': use --search, --reads, --writes or --owner"],
    [
      'supplier a:int --search --reads public',
      "Option '--search' argument is ambiguous: use --search, --reads, --writes or --owner",
    ],
    ['supplier a:int --reads public --reads admin', '--reads is given twice'],
    ['supplier a:int --owner --owner', '--owner is given twice'],
    ['supplier a:int --reads nobody', '--reads must be one of public, signed-in, admin, own'],
    ['supplier a:int --writes own', 'The value own requires --owner'],
    ['supplier a:int --owner --writes admin', 'With --owner, only the owner and admins can write: omit --writes'],
    ['supplier a:int --owner --reads admin', 'With --owner, the owner must be able to read: use --reads own'],
    ['supplier a:int --search b', '--search "b": there is no such field'],
    ['supplier a:int --search a', '--search a: only fields of type string, text and email can be searched'],
    [
      'supplier a:string b:string c:string d:string --search a,b --search c,d',
      '--search can name at most 3 fields: with more, PostgreSQL would read the whole table',
    ],
    ['supplier a:string --search a,a', '--search names a field twice'],
    [
      'supplier a:text --search a',
      '--search also needs a string or email field: words of one or two letters are not searched in text fields',
    ],
    ['supplier a:string --search a,', '--search "": there is no such field'],
    ['date a:int', '"date" is a reserved word'],
    ['pg-table a:int', '"pg-table" cannot be used: tables of PostgreSQL itself begin with pg_'],
    ['infinity a:int', '"infinity" is a reserved word'],
    ['supplier parent:suppliers', 'parent_id: the first supplier has no other row to refer to: add ?'],
    [
      'supplier parent:suppliers? --owner',
      'parent_id: rows of suppliers belong to accounts, so only admins may refer to all of them: use --writes admin',
    ],
    ['supplier log:logs', 'log_id: logs has no error for a missing row (logs/*.errors.ts)'],
    ['supplier order:orders --writes signed-in', '"order" cannot be the name of a field: it is a reserved word of SQL'],
    [
      'supplier from_order:orders --writes signed-in',
      'from_order_id: rows of orders belong to accounts, so only admins may refer to all of them: use --writes admin',
    ],
  ])('is refused: %s', (line, sentence) => {
    expect(() => parse(line)).toThrow(new Refusal(sentence));
  });
});

describe('a field', () => {
  it.each([
    ['a:string', { kind: 'string', min: 1, max: 200 }],
    ['a:string(2..)', { min: 2, max: 200 }],
    ['a:string(..9)', { min: 1, max: 9 }],
    ['a:string(9)', { min: 1, max: 9 }],
    ['a:list(3..3)', { min: 3, max: 3 }],
    ['a:int=1_000', { fallback: 1000 }],
    ['a:string(1..8)=Zürich 😀', { fallback: 'Zürich 😀' }],
    ['a:int(-5..1_000)', { min: -5, max: 1000 }],
    ['a:email:unique', { kind: 'email', unique: true }],
    ['a:email?:unique', { unique: true, nullable: true }],
    ['a:boolean=false', { fallback: false }],
    ['a:enum(new,paid)=paid', { choices: ['new', 'paid'], fallback: 'paid' }],
    ['a:text=two: words', { fallback: 'two: words' }],
    ['item:items', { name: 'item_id', target: TARGETS[0] }],
  ])('is parsed: %s', (text, expected) => {
    expect(fieldOf(text)).toMatchObject(expected);
  });

  it.each([
    ['a', '"a" is not a valid field: use NAME:TYPE, such as name:string(2..100) or note:text?'],
    ['a:strin', 'a: there is no type "strin"'],
    ['A:int', '"A" cannot be the name of a field: use lower-case words such as vat_number'],
    ['version:int', '"version" cannot be the name of a field: every row has it'],
    ['user_id:int', '"user_id" cannot be the name of a field: it refers to the owner of the row: use --owner'],
    ['password:string', '"password" cannot be the name of a field: passwords must not be stored as plain text'],
    ['ctid:int', '"ctid" cannot be the name of a field: every PostgreSQL table has it'],
    ['select:int', '"select" cannot be the name of a field: it is a reserved word of SQL'],
    ['item_id:int', 'item_id: for a reference to a row use item:RESOURCE'],
    ['a:email(1..2)', 'a: a field of type email has no bounds'],
    ['a:int(x)', 'a: "(x)" is not a valid range: use (2..100), (..100) or (2..)'],
    ['a:int(5-30)', 'a: "(5-30)" is not a valid range: use (2..100), (..100) or (2..)'],
    ['a:string(2-100)', 'a: "(2-100)" is not a valid range: use (2..100), (..100) or (2..)'],
    ['a:int(9..2)', 'a: the lower bound 9 must be less than the upper bound 2'],
    ['a:int(0..9999999999)', 'a: the bounds of type int must be between -2147483647 and 2147483647'],
    ['a:enum(x)', 'a: an enum needs at least two values: a:enum(new,paid)'],
    ['a:enum(x,x)', 'a: an enum value is listed twice'],
    ['a:enum(x,NaN)', 'a: "NaN" cannot be an enum value: TypeScript takes it for a number'],
    ["a:enum(x,y')", `a: "y'" is not a valid enum value: use letters, digits and _`],
    ['a:list?', 'a: a list cannot be null: remove the ?, and send an empty list instead'],
    ['a:int?=3', 'a: its default is already null: remove ? or ='],
    ['a:email:unique=x', 'a: a unique field cannot have a default'],
    ['a:boolean:unique', 'a: a field of type boolean cannot be unique, only string, email, url, uuid, int'],
    ['a:string(..5):unique', 'a: with these bounds there are too few different values for a unique string'],
    ['a:string(..601):unique', 'a: a unique string can have at most 600 characters: use (..600)'],
    ['a:date=2026-01-31', 'a: a field of type date cannot have a default'],
    ['a:int(0..3)=4', 'a: its default must be a whole number between 0 and 3'],
    ['a:boolean=yes', 'a: its default must be true or false'],
    ['a:enum(x,y)=z', 'a: its default must be one of x, y'],
    ['a:list(0..0)', 'a: the lower bound 0 must be less than the upper bound 0'],
    ["a:string='; drop table users", 'a: its default must have 1 to 200 visible characters, without quotes'],
    ['a:string=a\u200bb', 'a: its default must have 1 to 200 visible characters'],
    ['a:string=a\u00a0', 'a: its default must have 1 to 200 visible characters'],
  ])('is refused: %s', (text, sentence) => {
    expect(() => fieldOf(text)).toThrow(Refusal);
    expect(() => fieldOf(text)).toThrow(sentence);
  });
});

it.each([
  ['category', 'categories', 'Category', 'a category'],
  ['event-kind', 'event-kinds', 'EventKind', 'an event kind'],
  ['person', 'people', 'Person', 'a person'],
  ['bus', 'buses', 'Bus', 'a bus'],
  ['constructor', 'constructors', 'Constructor', 'a constructor'],
  ['unit', 'units', 'Unit', 'a unit'],
  ['canvas', 'canvases', 'Canvas', 'a canvas'],
  ['lens', 'lenses', 'Lens', 'a lens'],
  ['hour', 'hours', 'Hour', 'an hour'],
  ['one-time-code', 'one-time-codes', 'OneTimeCode', 'a one time code'],
])('derives the plural, the class name and the article from %s', (name, path, Class, one) => {
  expect(namesOf(name)).toMatchObject({ path, Class, one });
});

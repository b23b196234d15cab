import { Project } from 'ts-morph';
import { isOfAnswer, refuseUses, textListsOf } from '../../schematics/lib/uses.ts';
import { checkOf, concerns, ruleOf, ruleOfRenamed } from '../../schematics/lib/column.ts';

const parsed = (text: string) =>
  new Project({ useInMemoryFileSystem: true, skipLoadingLibFiles: true }).createSourceFile('a.ts', text);

it.each([
  ["paid in ('new', 'paid')", "settled in ('new', 'paid')"],
  ['paid between 0 and 9 and paid_at > 0', 'settled between 0 and 9 and paid_at > 0'],
])('a renamed column is renamed in a condition, but not in its string literals: %s', (rule, renamed) => {
  expect(ruleOfRenamed(rule, 'paid', 'settled')).toBe(renamed);
});

it('a column has the indexes, keys and checks that name it, but not those that name a similar column', () => {
  const declared = parsed(`
    @Check('things_note_check', \`note in ('a', 'kind')\`)
    @Check('things_secret_note_check', 'secret_note > 0')
    @Index('things_owner_note_idx', ['owner', 'note'])
    @Unique('things_note_kind_key', ['note_kind'])
    class Thing {}`).getClassOrThrow('Thing');
  const of = (field: string) =>
    declared
      .getDecorators()
      .filter((one) => concerns(one, field))
      .map((one) => one.getArguments()[0]!.getText());
  expect(of('note')).toEqual(["'things_note_check'", "'things_owner_note_idx'"]);
  expect(of('kind')).toEqual([]);
  expect(ruleOf(checkOf(declared, "'things_secret_note_check'"))).toBe('secret_note > 0');
});

it.each([
  ['row.status', true],
  ['f({ status: 1 })', true],
  ["pick(row, ['status'])", true],
  ['const { status } = row', true],
  ["new AuditedRows<Status>('status', ['title'])", false],
  ['this.rows.status(1)', false],
  ['query.status', false],
  ['@ApiSchema({ status: 1 }) class A {}', false],
])('a use of a field is distinguished from other uses of the same name: %s', (text, isUse) => {
  const refused = () => refuseUses(parsed(text), 'status');
  if (isUse) expect(refused).toThrow('line 1 also uses status: remove it by hand');
  else expect(refused).not.toThrow();
});

it.each([
  ['expect(made.status).toBe(200)', false],
  ['const { status } = await send()', false],
  ['expect(made.body.status).toBe(1)', true],
])('in tests, only the properties of a response body are fields: %s', (text, isUse) => {
  const refused = () => refuseUses(parsed(text), 'status', { isMeant: isOfAnswer });
  if (isUse) expect(refused).toThrow('line 1 also uses status');
  else expect(refused).not.toThrow();
});

it('the lists of a search are found, including those in its options', () => {
  const lists = textListsOf(parsed("this.rows.search(['a', 'b'], query.search, { long: ['b'] })"));
  expect(lists.map((list) => list.getText())).toEqual(["['a', 'b']", "['b']"]);
});

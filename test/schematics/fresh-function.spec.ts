import type { Rule } from '@angular-devkit/schematics';
import { field } from '../../schematics/field/field.ts';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { generated } from './generated.ts';
import { run, TEST } from './suppliers.ts';

/** Returns the project with a resource whose test declares fresh() as a function. */
async function withFunction() {
  const tree = await generated('name:string', 'note:text?', 'code:uuid?:unique');
  const text = tree.readText(TEST).replace(/const fresh = \(\) => \((.*)\);/, 'function fresh() {\n  return $1;\n}');
  tree.overwrite(TEST, text.replace('code:', `note: 'Fresh', code:`));
  return tree;
}

const BODY = "{ ...GIVEN, note: 'Fresh', code: randomUUID() }";

it.each<[rule: Rule, body: string | undefined]>([
  [field({ words: ['supplier', 'vat:uuid?:unique'] }), BODY.replace(' }', ', vat: randomUUID() }')],
  [removeField({ words: ['supplier', 'note'] }), '{ ...GIVEN, code: randomUUID() }'],
  [renameField({ words: ['supplier', 'note', 'remarks'] }), BODY.replace('note', 'remarks')],
])('the values that no other row has may be in a function: %#', async (rule, body) => {
  const tree = await withFunction();
  expect(tree.readText(TEST)).toContain(`return ${BODY};`);
  expect(await run(rule, tree)).toEqual([]);
  expect(/function fresh\(\) \{\n {2}return (.*);\n\}/.exec(tree.readText(TEST))?.[1]).toBe(body);
});

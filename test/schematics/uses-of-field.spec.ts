import type { Rule } from '@angular-devkit/schematics';
import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { CONTROLLER, ENTITY, project, run, SERVICE, type Edit } from './suppliers.ts';

const RULES: readonly (readonly [todo: string, rule: Rule])[] = [
  ['remove', removeField({ words: ['supplier', 'note'] })],
  ['rename', renameField({ words: ['supplier', 'note', 'remarks'] })],
];
const inService = (text: string): Edit => [SERVICE, '  create(', `  ${text}\n\n  create(`];

describe.each(RULES)('a field to %s', (todo, rule) => {
  it.each([
    `noted() { return this.suppliers.where('note is not null').all(); }`,
    `noted() { return this.suppliers.where("note <> 'x'").all(); }`,
    'noted(tx) { return tx.query(`select id from suppliers where note = $1`); }',
    'static readonly NOTED = `select id, note from suppliers`;',
    'static readonly NOTED = `select\\n  note\\nfrom suppliers`;',
    'static readonly FORGET = `\n  update suppliers\n  set note = null`;',
    'static readonly FORGET = `-- every night\nupdate public.suppliers set note = null`;',
    `joined() { return this.suppliers.leftJoin('visits', 'visit', 'visit.note = note').all(); }`,
    'noted() { return this.rows.only(sql`note is not null`); }',
  ])('is seen in SQL: %s', async (text) => {
    expect(await run(rule, project(inService(text)))).toEqual([
      expect.stringMatching(`^Not placed: ${SERVICE}: line \\d+ also uses note: ${todo} it by hand$`),
    ]);
  });

  it.each([
    `noted() { return this.suppliers.where('id = :note').all(); }`,
    `noted() { return this.suppliers.where("kind = 'note'").all(); }`,
    `noted() { return this.suppliers.where('note_kind = 1').all(); }`,
    `noted() { return say('Please select a note'); }`,
  ])('is not confused with other words in texts: %s', async (text) => {
    expect(await run(rule, project(inService(text)))).toEqual([]);
  });

  it.each(['get label() {\n    return this.note ?? this.name;\n  }', 'told() {\n    return { note: 1 };\n  }'])(
    'must not be used by the entity: %s',
    async (text) => {
      const tree = project([ENTITY, `  @Column('date'`, `  ${text}\n\n  @Column('date'`]);
      await expect(run(rule, tree)).rejects.toThrow(`${ENTITY}: line 22 also uses note: change it by hand first`);
    },
  );

  it('is seen in SQL of another feature, if it names the table', async () => {
    const tree = project();
    tree.create(
      'src/visits/visits.service.ts',
      'const DUE = `select s.note\nfrom visits v join suppliers s on true`;\n',
    );
    tree.create('src/visits/others.ts', "const OWN = 'select note from visits'; // not suppliers\nrow.note = OWN;\n");
    expect(await run(rule, tree)).toEqual([
      `Not placed: src/visits/visits.service.ts: line 1 also uses note: ${todo} it by hand`,
    ]);
  });

  it('is seen in the controller and in other files of the feature', async () => {
    const tree = project([
      CONTROLLER,
      'return this.suppliers.create(body);',
      'return this.suppliers.create(body.note);',
    ]);
    tree.create('src/suppliers/suppliers.export.ts', 'export const line = (row: Supplier) => [row.note];\n');
    tree.create('src/suppliers/visit.entity.ts', 'export class Visit {\n  note!: string;\n}\n');
    expect((await run(rule, tree)).toSorted()).toEqual([
      `Not placed: ${CONTROLLER}: line 8 also uses note: ${todo} it by hand`,
      `Not placed: src/suppliers/suppliers.export.ts: line 1 also uses note: ${todo} it by hand`,
    ]);
  });
});

import { removeField } from '../../schematics/remove-field/remove-field.ts';
import { renameField } from '../../schematics/rename-field/rename-field.ts';
import { ENTITY, project, run } from './suppliers.ts';

describe('an index or a check that is not written in the usual form', () => {
  it.each([
    `@TextIndex('suppliers_note_id_idx')`,
    `@Index('suppliers_open_idx', ['id'], { where: 'note is null' })`,
    `@Index('suppliers_a_idx', (row: Supplier) => [row.note])`,
    `@Exclusion('suppliers_note_excl', 'using gist (note with =)')`,
    `@Unique("suppliers_note_key", ["note"])`,
  ])('keeps a field from being renamed, and goes with its column: %s', async (decorator) => {
    const tree = project([ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n${decorator}`]);
    await expect(run(renameField({ words: ['supplier', 'note', 'remarks'] }), tree)).rejects.toThrow(
      'note cannot be renamed: a trigger cannot keep two columns equal that have an index or a default',
    );
    const remove = removeField({ words: ['supplier', 'note'] });
    expect([await run(remove, tree), await run(remove, tree)]).toEqual([[], []]);
    expect(tree.readText(ENTITY)).not.toMatch(/note|TextIndex|Exclusion|@Index|@Unique/);
  });

  it.each([
    `@TextIndex('suppliers_side_note_id_idx')`,
    `@Index('suppliers_note_idx', ['name'], { where: "country = 'note'" })`,
  ])('of another column stays: %s', async (decorator) => {
    const tree = project(
      [ENTITY, `@Entity('suppliers')`, `@Entity('suppliers')\n${decorator}`],
      [ENTITY, `@Column('date'`, `@Column('text')\n  side_note!: string;\n\n  @Column('date'`],
    );
    const remove = removeField({ words: ['supplier', 'note'] });
    expect([await run(remove, tree), await run(remove, tree)]).toEqual([[], []]);
    expect(tree.readText(ENTITY)).toContain(decorator.slice(0, 20));
  });

  it.each([`@Index()`, `@Index('suppliers_note_idx')`, `@Generated('uuid')`])(
    'at the column itself is left to a person: %s',
    async (decorator) => {
      const tree = project([ENTITY, `{ nullable: true })\n  note`, `{ nullable: true })\n  ${decorator}\n  note`]);
      await expect(run(renameField({ words: ['supplier', 'note', 'remarks'] }), tree)).rejects.toThrow(
        `note: "${decorator}" is a form of column that cannot be changed here: write the migration by hand`,
      );
    },
  );

  it('is a computed check', async () => {
    const tree = project([ENTITY, `country in ('US', 'DE')`, '${CHOICES} ~ country']);
    await expect(run(renameField({ words: ['supplier', 'country', 'land'] }), tree)).rejects.toThrow(
      `country cannot be renamed: the check 'suppliers_country_check' also uses it, or is computed`,
    );
  });
});

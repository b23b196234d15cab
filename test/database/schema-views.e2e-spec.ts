import { checkSchema } from '../../src/database-setup/schema-check.js';
import { Item } from '../../src/items/item.entity.js';
import { AerieDataSource } from '../../src/kernel/database/data-source.js';
import { Pool } from '../../src/kernel/database/pool.js';
import { ownDatabase } from '../support/own-database.js';

it('the schema checks find the triggers and indexes of a table that a view stands for', async () => {
  const { url, query } = await ownDatabase();
  await query('alter table items rename to products');
  await query('create view items as select * from products');
  const source = await new AerieDataSource({ type: 'postgres', driver: { Pool }, url, entities: [Item] }).initialize();
  await checkSchema(source, { production: false });
  await query('drop trigger items_version on products');
  await query('drop index items_name_search_idx');
  await expect(checkSchema(source, { production: false })).rejects.toThrow(
    /items has no version trigger: .+\n.+items\.name is searched but has no trigram index/,
  );
  await source.destroy();
});

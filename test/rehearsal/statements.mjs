// The parts of labelled migrations.

/** The number of rows in the largest table. */
const UP_TO = 20_000;

/** Returns several statements, each for `size` rows. */
export const batches = (table, size, change) =>
  Array.from(
    { length: Math.ceil(UP_TO / size) },
    (_, i) => `update ${table} set ${change} where id between ${i * size + 1} and ${(i + 1) * size}`,
  );

export const trigger = (name, table, when, body) => [
  `create function ${name}() returns trigger language plpgsql as $$ begin ${body} end $$`,
  `create trigger ${name} before ${when} on ${table} for each row execute function ${name}()`,
];
export const noTrigger = (name, table) => [`drop trigger ${name} on ${table}`, `drop function ${name}()`];

export const add = (table, column, down = column.split(' ')[0]) => ({
  up: [`alter table ${table} add column ${column}`],
  down: [`alter table ${table} drop column ${down}`],
});

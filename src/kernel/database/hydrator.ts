import type { EntityMetadata, ObjectLiteral } from 'typeorm';

/** The class of an entity. */
export type EntityClass<T extends ObjectLiteral> = new () => T;
type Column = EntityMetadata['columns'][number];

/**
 * Returns a function that creates an entity from the values of a row: an instance of its class, with the columns'
 * transformers applied.
 */
export function hydrator<T extends ObjectLiteral>(
  Entity: EntityClass<T>,
  columns: readonly Column[],
): (row: readonly unknown[]) => T {
  const fields = columns.map(({ propertyName, transformer }) => {
    if (Array.isArray(transformer)) throw new Error(`${Entity.name}.${propertyName} has more than one transformer`);
    return { propertyName, from: transformer && ((value: unknown): unknown => transformer.from(value)) };
  });
  return (row) => {
    const entity = new Entity() as Record<string, unknown>;
    for (let i = 0; i < fields.length; i++) {
      const { propertyName, from } = fields[i]!;
      entity[propertyName] = from ? from(row[i]) : row[i];
    }
    return entity as T;
  };
}

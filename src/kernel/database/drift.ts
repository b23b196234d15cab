import type { DataSource } from 'typeorm';

/** The statements that would make the database what the entities say, and those that undo it; none when they agree. */
export async function drift(source: DataSource): Promise<{ up: string[]; down: string[] }> {
  const { upQueries, downQueries } = await source.driver.createSchemaBuilder().log();
  return { up: upQueries.map(({ query }) => query), down: downQueries.map(({ query }) => query) };
}

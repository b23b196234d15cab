import type { DataSource, EntityMetadata } from 'typeorm';
import { compiledFiles, exportsOf, type CompiledFile } from '../kernel/common/compiled-files.js';
import type { Seed, SeedRow } from '../kernel/database/seed.js';

/** The seed of a table, with its metadata. */
export interface TableSeed extends Seed {
  readonly metadata: EntityMetadata;
}

/** Seeds by table. */
export type Seeds = ReadonlyMap<string, TableSeed>;

/** Rows by table, for each table with a seed. The tables of the file come first, in its order. */
export type SeedData = Readonly<Record<string, SeedRow[]>>;

/** Loads the seeds that features declare in their `*.seed.ts`. Tables that others refer to come first. */
export async function loadSeeds(source: DataSource): Promise<Seeds> {
  const found = await Promise.all(compiledFiles('.seed.js').map((file) => load(file, source)));
  const seeds = new Map(found.map((seed) => [seed.metadata.tableName, seed]));
  return new Map([...seeds].toSorted(([, a], [, b]) => depthOf(a.metadata, seeds) - depthOf(b.metadata, seeds)));
}

async function load(file: CompiledFile, source: DataSource): Promise<TableSeed> {
  const { default: seed } = (await exportsOf(file)) as { default: Seed };
  return { ...seed, metadata: source.getMetadata(seed.entity) };
}

/** Returns the references of a table to other tables with seeds, as pairs of column and table. */
export function referencesOf({ tableName, foreignKeys }: EntityMetadata, seeds: Seeds): [string, string][] {
  const references = foreignKeys.map((key): [string, string] => [
    key.columnNames[0]!,
    key.referencedEntityMetadata.tableName,
  ]);
  return references.filter(([, table]) => table !== tableName && seeds.has(table));
}

function depthOf(metadata: EntityMetadata, seeds: Seeds): number {
  const below = referencesOf(metadata, seeds).map(([, table]) => depthOf(seeds.get(table)!.metadata, seeds) + 1);
  return Math.max(0, ...below);
}

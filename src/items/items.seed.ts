import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { SeedRow, type Seed } from '../kernel/database/seed.js';
import { Item } from './item.entity.js';

class ItemRow extends SeedRow {
  @IsString()
  @MaxLength(200)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(5000)
  description: string | null = null;

  @IsInt()
  @Min(0)
  @Max(100_000_000)
  price_cents!: number;

  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  stock!: number;
}

const THINGS = [
  'Desk lamp',
  'Notebook',
  'Office chair',
  'Monitor 27"',
  'Keyboard',
  'Cable, 2 m',
  'Whiteboard',
  'Mug',
  'Headset',
  'Plant',
  'Coat hook',
];

/** The demo items. The last one has no orders, so that it can be deleted. */
export const DEMO_ITEMS = THINGS.map((name, i) => ({
  id: i + 1,
  name,
  description: `${name}, as used in our own office`,
  price_cents: 495 + i * 1250,
  stock: 100,
}));

export default { entity: Item, row: ItemRow, demo: () => DEMO_ITEMS } satisfies Seed<ItemRow>;

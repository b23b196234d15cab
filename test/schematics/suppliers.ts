import { virtualFs } from '@angular-devkit/core';
import { callRule, HostTree, type Rule, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import { lastValueFrom } from 'rxjs';

// A project in memory, with a feature that a person has edited.

export const ENTITY = 'src/suppliers/supplier.entity.ts';
export const DTO = 'src/suppliers/suppliers.dto.ts';
export const SERVICE = 'src/suppliers/suppliers.service.ts';
export const CONTROLLER = 'src/suppliers/suppliers.controller.ts';
export const ERRORS = 'src/suppliers/suppliers.errors.ts';
export const RESOURCE = 'test/suppliers/suppliers.resource.ts';
export const TEST = 'test/suppliers/suppliers.e2e-spec.ts';
export const RANKS = 'test/sources/architecture.spec.ts';

/** The other features of the project. */
const OTHERS: Readonly<Record<string, string>> = {
  'src/items/item.entity.ts': `@Entity('items')\nexport class Item extends BaseColumns {}\n`,
  'src/items/items.errors.ts': `export const itemNotFound = namedError(404, () => 'Item not found');\n`,
  'src/orders/order.entity.ts': `@Entity('orders')\nexport class Order extends BaseColumns {\n  user_id!: number;\n}\n`,
  'src/orders/orders.errors.ts': `export const orderNotFound = namedError(404, () => 'Order not found');\n`,
};

const FILES: Readonly<Record<string, string>> = {
  ...OTHERS,
  [ENTITY]: `import { Check, Column, Entity } from 'typeorm';
import { BaseColumns } from '../kernel/database/columns.js';

export enum SupplierCountry {
  US = 'US',
  DE = 'DE',
}

@Entity('suppliers')
@Check('suppliers_country_check', \`country in ('US', 'DE')\`)
export class Supplier extends BaseColumns {
  @Column('text')
  name!: string; // as on the contract

  @Column('text', { nullable: true })
  note!: string | null; // free text

  @Column('text')
  country!: SupplierCountry;

  @Column('date', { nullable: true })
  founded!: string | null;
}
`,
  [DTO]: `import { IsDateOnly, IsLabel } from '../kernel/validation/fields.js';
import { IsEnum, IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { PatchType } from '../kernel/validation/patch-type.js';
import { SupplierCountry } from './supplier.entity.js';

/** A person to call. */
export class SupplierContact {
  /** Name of the person. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** What to tell them. */
  @IsOptional()
  @IsString()
  note: string | null = null;
}

export class SupplierCreate {
  /** Name of the supplier. */
  @IsString()
  @IsLabel()
  name!: string;

  /** Note of the supplier. */
  @IsOptional()
  @MaxLength(5000)
  note: string | null = null;

  /** Country of the supplier. */
  @IsEnum(SupplierCountry)
  country!: SupplierCountry;

  /** Founded of the supplier. */
  @IsDateOnly()
  founded: string | null = null;
}

export class SupplierPatch extends PatchType(SupplierCreate) {}

export class SupplierResponse extends SupplierCreate {
  /** Id of the supplier. */
  id!: number;

  /** Sum of what was ordered in cents. */
  ordered_cents!: number;
}
`,
  [SERVICE]: `import { AuditedRows } from '../audit/audited-rows.js';
import { violatedConstraint } from '../kernel/errors/database-errors.js';
import { itemNotFound } from '../items/items.errors.js';
import { Supplier } from './supplier.entity.js';
import { type SupplierCreate, type SupplierPatch } from './suppliers.dto.js';

const trail = new AuditedRows<Supplier>('supplier', [
  'name', // as on the contract
  'note', // free text
  'country',
  'founded',
]);

export class SuppliersService {
  constructor(
    @InjectRepository(Supplier) private readonly suppliers: BaseRepository<Supplier>,
    @InjectRepository(Contact) private readonly contacts: BaseRepository<Contact>,
    @InjectRepository(SupplierDraft) private readonly drafts: Repository<SupplierDraft>,
  ) {}

  create(caller: Caller, body: SupplierCreate): Promise<Supplier> {
    return transaction(this.suppliers.manager, async (tx) => {
      const made = await this.suppliers.insertOne({ ...body, state: 'new' });
      await trail.created(tx, caller.id, made);
      return made;
    });
  }
}

function refuse(error: unknown, { item_id }: SupplierPatch): never {
  const violated = violatedConstraint(error);
  if (violated === 'suppliers_item_id_fkey') throw itemNotFound(String(item_id));
  throw error;
}
`,
  [CONTROLLER]: `import { itemNotFound } from '../items/items.errors.js';
import { supplierNotFound } from './suppliers.errors.js';

export class SuppliersController {
  @Roles(UserRole.admin)
  @Returns(SupplierResponse, { status: 201, errors: [itemNotFound] })
  async createSupplier(@Body() body: SupplierCreate) {
    return this.suppliers.create(body);
  }

  @Roles(UserRole.admin)
  @Returns(SupplierResponse, { errors: [supplierNotFound, itemNotFound] })
  patchSupplier(@Body() patch: SupplierPatch) {
    return this.suppliers.patch(patch);
  }
}
`,
  [ERRORS]: `export const supplierNotFound = namedError(404, () => 'Supplier not found');\n`,
  [RESOURCE]: `import { type Resource } from '../support/resource.js';

export default {
  access: { listSuppliers: 'public' },
  subjects: {
    supplier_id: { table: 'suppliers', values: { name: \`'Desk lamp'\`, country: \`'US'\` } },
    contact_id: { table: 'contacts', values: { name: \`'Ada'\`, country: \`'DE'\` } },
  },
  shows: { suppliers: ['name', 'note'], contacts: ['name', 'note'] },
} satisfies Resource;
`,
  [TEST]: `import { anOwner } from '../support/subjects.js';

const admin = await anOwner('admin');
const GIVEN = { name: 'Desk lamp', note: 'Desk lamp', country: 'US', founded: '2026-01-31' };

it('changes it', async () => {
  const address = (await admin.post('/suppliers', { ...GIVEN, name: 'Lamp' })).headers['location']!;
  await admin.patch(address, { name: 'Wall lamp' });
});
`,
  [RANKS]: `const RANKS = [['auth'], ['items', 'orders'], ['suppliers'], ['reports'], ['app']];\n`,
  'migrations/1700000000000-suppliers.ts': 'export {};\n',
};

/** Returns the project without the feature. */
export function emptyProject(): Tree {
  const tree = new HostTree(new virtualFs.SimpleMemoryHost());
  for (const [path, text] of Object.entries(OTHERS)) tree.create(path, text);
  tree.create(RANKS, `const RANKS = [['auth'], ['items', 'orders'], ['reports'], ['app']];\n`);
  tree.create('openapi.json', JSON.stringify({ paths: {}, components: { schemas: {} } }));
  tree.create('src/app.module.ts', '@Module({ imports: [PostsModule] })\nexport class AppModule {}\n');
  return tree;
}

/** An edit of a file: the text to replace, which must be there, and the new one. */
export type Edit = readonly [path: string, from: string, to: string];

/** Returns the project with some edits. */
export function project(...edits: readonly Edit[]): Tree {
  const tree = new HostTree(new virtualFs.SimpleMemoryHost());
  for (const [path, text] of Object.entries(FILES)) tree.create(path, text);
  for (const [path, from, to] of edits) {
    const text = tree.readText(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    tree.overwrite(
      path,
      text.replace(from, () => to),
    );
  }
  return tree;
}

/** Runs a schematic and returns what it says. Throws its Refusal. */
export async function run(rule: Rule, tree: Tree): Promise<string[]> {
  const said: string[] = [];
  const logger = { warn: (sentence: string) => said.push(sentence) };
  await lastValueFrom(callRule(rule, tree, { logger } as unknown as SchematicContext));
  return said;
}

/** Returns the texts of the migrations that schematics have written, oldest first. */
export const migrationsOf = (tree: Tree) =>
  tree
    .getDir('migrations')
    .subfiles.filter((name) => !name.startsWith('1700000000000'))
    .toSorted()
    .map((name) => tree.readText(`migrations/${name}`));

import { jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { getRepositoryToken } from '@nestjs/typeorm';
import { QueryFailedError } from 'typeorm';
import { UserRole, type Caller } from '../kernel/access/access.js';
import { Page } from '../kernel/database/page.js';
import { Item } from './item.entity.js';
import { ItemsService } from './items.service.js';

const admin: Caller = { id: 1, role: UserRole.admin, email: 'a@example.com', session_id: undefined };
const lamp = Object.assign(new Item(), { id: 3, name: 'Lamp', description: null, price_cents: 100, stock: 5 });

const trail = { insertOne: jest.fn<(event: object) => Promise<void>>() };
const found = { page: jest.fn<(request: object) => Promise<Page<Item>>>() };
const search = jest.fn<(columns: string[], text: string) => object>();
const filtered = jest.fn<(filters: object, query: object) => object>();
const items = {
  manager: { transaction: (work: (tx: object) => unknown) => work({ getRepository: () => trail }) },
  rows: { filtered },
  findById: jest.fn<(id: number) => Promise<Item | undefined>>(),
  lock: jest.fn<(id: number) => Promise<Item | undefined>>(),
  insertOne: jest.fn<(values: object) => Promise<object>>(),
  updateOne: jest.fn<(row: Item, changes: object) => Promise<object>>(),
  deleteOne: jest.fn<(row: Item) => Promise<void>>(),
};
let service: ItemsService;

beforeEach(async () => {
  jest.resetAllMocks();
  const module = await Test.createTestingModule({
    providers: [ItemsService, { provide: getRepositoryToken(Item), useValue: items }],
  }).compile();
  service = module.get(ItemsService);
});

it('lists the items with the search text in their name', async () => {
  const page = new Page([lamp], { skip: 0, limit: 10 });
  filtered.mockReturnValue({ search });
  search.mockReturnValue(found);
  found.page.mockResolvedValue(page);
  const query = { search: 'lamp', min_stock: 1, page: 1, limit: 10 };
  expect(await service.list(query)).toBe(page);
  expect(filtered).toHaveBeenCalledWith(
    expect.objectContaining({ min_stock: { condition: 'stock >= :min_stock', rangeColumn: 'stock' } }),
    query,
  );
  expect(search).toHaveBeenCalledWith(['name'], 'lamp');
  expect(found.page).toHaveBeenCalledWith({ ...query, sort: null });
});

it('throws a not found error if the item does not exist', async () => {
  items.findById.mockResolvedValue(undefined);
  items.lock.mockResolvedValue(undefined);
  await expect(service.get(9)).rejects.toThrow('Item 9 not found');
  await expect(service.patch(admin, 9, {})).rejects.toThrow('Item 9 not found');
  await expect(service.remove(admin, 9)).rejects.toThrow('Item 9 not found');
});

it('creates an item without a description if none is sent', async () => {
  items.insertOne.mockImplementation((values) => Promise.resolve({ id: 4, ...values }));
  const made = await service.create(admin, { name: 'Lamp', price_cents: 100, stock: 5 });
  expect(made).toEqual({ id: 4, name: 'Lamp', description: null, price_cents: 100, stock: 5 });
  expect(trail.insertOne).toHaveBeenCalledWith(expect.objectContaining({ action: 'item.created', subject: 'items/4' }));
});

it('updates the given fields and records the old and new values in the audit trail', async () => {
  items.lock.mockResolvedValue(lamp);
  await service.patch(admin, 3, { stock: 4 });
  expect(items.updateOne).toHaveBeenCalledWith(lamp, { stock: 4 });
  const details = { fields: ['stock'], before: { stock: 5 }, after: { stock: 4 } };
  expect(trail.insertOne).toHaveBeenCalledWith(expect.objectContaining({ action: 'item.updated', details }));
});

const violating = (constraint: string) => new QueryFailedError('', [], Object.assign(new Error(), { constraint }));

describe('remove', () => {
  it('throws 409 if the item was ordered', async () => {
    items.lock.mockResolvedValue(lamp);
    items.deleteOne.mockRejectedValue(violating('orders_item_id_fkey'));
    await expect(service.remove(admin, 3)).rejects.toMatchObject({ status: 409 });
  });

  it('rethrows errors of other constraints', async () => {
    const other = violating('another');
    items.lock.mockResolvedValue(lamp);
    items.deleteOne.mockRejectedValue(other);
    await expect(service.remove(admin, 3)).rejects.toBe(other);
  });
});

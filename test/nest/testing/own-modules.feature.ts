import { Controller, Get, Inject, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { getRepositoryToken } from '@nestjs/typeorm';
import { AccessGuard } from '../../../src/kernel/access/access.guard.js';
import { Readiness } from '../../../src/health/readiness.js';
import { Item } from '../../../src/items/item.entity.js';
import { ItemsController } from '../../../src/items/items.controller.js';
import { ItemsService } from '../../../src/items/items.service.js';
import { defineFeature } from '../feature.js';

/** Declares no access rule, so all requests are denied by default. */
@ApiExcludeController()
@Controller('unsaid')
class UnsaidController {
  @Inject(Readiness) private readonly readiness!: Readiness;

  @Get()
  async unsaid() {
    return { obstacle: await this.readiness.obstacle() };
  }
}

@Module({ controllers: [UnsaidController], providers: [{ provide: Readiness, useFactory: () => ({}) }] })
class UnsaidModule {}

const item = { id: 7, name: 'Lamp', description: null, price_cents: 100, stock: 1 };

/** Calls a service of the application with a mock repository. */
async function itemsService() {
  const repository = { findById: (id: number) => Promise.resolve(id === 7 ? item : undefined) };
  const compiled = await Test.createTestingModule({
    providers: [ItemsService, { provide: getRepositoryToken(Item), useValue: repository }],
  }).compile();
  const service = compiled.get(ItemsService);
  const missing = await service.get(8).catch((error: unknown) => error);
  return { found: await service.get(7), missing };
}

/** Calls a controller of the application with a mock service. */
async function itemsController() {
  const compiled = await Test.createTestingModule({ controllers: [ItemsController] })
    .useMocker((token) => (token === ItemsService ? { get: () => Promise.resolve(item) } : {}))
    .compile();
  return compiled.get(ItemsController).getItem(7);
}

export default defineFeature({
  module: UnsaidModule,
  create: async (root, adapter, options) => {
    const testing = await Test.createTestingModule({ imports: [root] })
      .overrideProvider(Readiness)
      .useValue({ obstacle: () => Promise.resolve('made up'), stop: () => undefined })
      .overrideProvider(AccessGuard)
      .useValue({ canActivate: () => true })
      .compile();
    return testing.createNestApplication(adapter, options);
  },
  probe: { itemsService, itemsController },
});

import { Controller, Get, Inject, Injectable, Module, Query, Scope } from '@nestjs/common';
import {
  ContextIdFactory,
  INQUIRER,
  ModuleRef,
  REQUEST,
  type ContextId,
  type ContextIdStrategy,
  type HostComponentInfo,
} from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

let made = 0;
let durables = 0;

@Injectable({ scope: Scope.REQUEST })
class PerRequest {
  readonly number = ++made;

  constructor(@Inject(REQUEST) private readonly request: Request) {}

  describe(): string {
    return `${this.request.method} ${this.request.url}`;
  }
}

@Injectable()
class AlsoPerRequest {
  constructor(readonly one: PerRequest) {}
}

@Injectable({ scope: Scope.TRANSIENT })
class Label {
  readonly of: string;

  constructor(@Inject(INQUIRER) parent: object) {
    this.of = parent.constructor.name;
  }
}

@Injectable()
class First {
  constructor(readonly label: Label) {}
}

@Injectable()
class Second {
  constructor(readonly label: Label) {}
}

/** A durable provider: Nest creates one instance for each tenant, not one for each request. */
@Injectable({ scope: Scope.REQUEST, durable: true })
class Tenant {
  readonly number = ++durables;
  readonly name: string;

  constructor(@Inject(REQUEST) payload: { tenant?: string }) {
    this.name = payload.tenant ?? 'none';
  }
}

@Public()
@ApiExcludeController()
@Controller('per-request')
class PerRequestController {
  constructor(
    private readonly one: PerRequest,
    private readonly other: AlsoPerRequest,
  ) {}

  @Get()
  show(@Query('q') q: string) {
    return { q, told: this.one.describe(), number: this.one.number, same: this.one === this.other.one };
  }
}

@Public()
@ApiExcludeController()
@Controller('transient')
class TransientController {
  constructor(
    private readonly first: First,
    private readonly second: Second,
    private readonly modules: ModuleRef,
  ) {}

  @Get()
  labels() {
    return [this.first.label.of, this.second.label.of];
  }

  @Get('resolved')
  async resolved() {
    const context = ContextIdFactory.create();
    this.modules.registerRequestByContextId({ method: 'GET', url: '/made/by/hand' }, context);
    const [a, b] = await Promise.all([
      this.modules.resolve(PerRequest, context),
      this.modules.resolve(PerRequest, context),
    ]);
    const c = await this.modules.resolve(PerRequest);
    return { told: a.describe(), same: a === b, other: a === c };
  }
}

@Public()
@ApiExcludeController()
@Controller({ path: 'tenants', scope: Scope.REQUEST, durable: true })
class TenantsController {
  constructor(private readonly tenant: Tenant) {}

  @Get()
  show() {
    return { name: this.tenant.name, number: this.tenant.number };
  }
}

const tenants = new Map<string, ContextId>();

class TenantStrategy implements ContextIdStrategy<Request> {
  attach(contextId: ContextId, request: Request) {
    const tenant = request.headers['x-tenant'] as string | undefined;
    if (tenant === undefined) return () => contextId;
    const known = tenants.get(tenant) ?? ContextIdFactory.create();
    tenants.set(tenant, known);
    const resolve = (info: HostComponentInfo) => (info.isTreeDurable ? known : contextId);
    return { resolve, payload: { tenant } };
  }
}

@Module({
  controllers: [PerRequestController, TransientController, TenantsController],
  providers: [PerRequest, AlsoPerRequest, Label, First, Second, Tenant],
})
class ScopesModule {}

const configure = () => ContextIdFactory.apply(new TenantStrategy());

export default defineFeature({ module: ScopesModule, configure });

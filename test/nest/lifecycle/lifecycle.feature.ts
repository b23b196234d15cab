import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const events: string[] = [];

abstract class Hooked
  implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown
{
  protected abstract readonly name: string;

  async onModuleInit(): Promise<void> {
    await sleep(1);
    events.push(`${this.name} init`);
  }

  onApplicationBootstrap(): void {
    events.push(`${this.name} bootstrap`);
  }

  async onModuleDestroy(): Promise<void> {
    await sleep(1);
    events.push(`${this.name} destroy`);
  }

  beforeApplicationShutdown(signal?: string): void {
    events.push(`${this.name} before shutdown ${String(signal)}`);
  }

  onApplicationShutdown(signal?: string): void {
    events.push(`${this.name} shutdown ${String(signal)}`);
  }
}

@Injectable()
class Inner extends Hooked {
  protected override readonly name = 'inner';
}

@Module({ providers: [Inner], exports: [Inner] })
class InnerModule {}

@Injectable()
class Outer extends Hooked {
  protected override readonly name = 'outer';

  constructor(@Inject(Inner) readonly inner: Inner) {
    super();
  }
}

@Public()
@ApiExcludeController()
@Controller('lifecycle')
class LifecycleController {
  @Get()
  events() {
    return events;
  }

  @Get('slow')
  async slow() {
    await sleep(100);
    events.push('answered');
    return 'answered';
  }
}

@Module({ imports: [InnerModule], providers: [Outer], controllers: [LifecycleController] })
class LifecycleModule {}

export default defineFeature({ module: LifecycleModule, probe: events });

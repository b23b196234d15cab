import {
  ConfigurableModuleBuilder,
  Controller,
  Get,
  Global,
  Inject,
  Injectable,
  Module,
  Optional,
  mixin,
  type DynamicModule,
  type FactoryProvider,
  type Type,
} from '@nestjs/common';
import {
  DiscoveryModule,
  DiscoveryService,
  LazyModuleLoader,
  MetadataScanner,
  ModuleRef,
  Reflector,
} from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

interface CatOptions {
  name: string;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<CatOptions>()
  .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

@Injectable()
class Cat {
  constructor(@Inject(MODULE_OPTIONS_TOKEN) readonly options: CatOptions) {}
}

@Module({ providers: [Cat], exports: [Cat] })
class CatModule extends ConfigurableModuleClass {}

@Module({})
class ValuesModule {
  static forRoot(values: Record<string, unknown>): DynamicModule {
    const providers = Object.entries(values).map(([provide, useValue]) => ({ provide, useValue }));
    return { module: ValuesModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}

@Injectable()
class GlobalThing {
  readonly name = 'global';
}

@Global()
@Module({ providers: [GlobalThing], exports: [GlobalThing] })
class GlobalModule {}

abstract class Voice {
  abstract readonly sound: string;
}

@Injectable()
class Meow extends Voice {
  override readonly sound = 'meow';
}

const Connection = Symbol('CONNECTION');
const connection: FactoryProvider<Promise<{ open: boolean; to: string }>> = {
  provide: Connection,
  inject: [Meow, { token: 'ABSENT', optional: true }],
  useFactory: async (meow: Meow, absent?: string) => {
    await sleep(1);
    return { open: true, to: absent ?? meow.sound };
  },
};

const labelled = (label: string): Type<{ label: string }> =>
  mixin(
    class Labelled {
      readonly label = label;
    },
  );
const Labelled = labelled('mixed in');

@Injectable()
class LazyService {
  readonly name = 'lazy';
}

@Module({ providers: [LazyService], exports: [LazyService] })
class LazyModule {}

const Webhook = DiscoveryService.createDecorator<{ name: string }>();

@Webhook({ name: 'paid' })
@Injectable()
class PaidHook {
  handle() {
    return 'handled';
  }
}

@Injectable()
class NotProvided {
  constructor(readonly meow: Meow) {}
}

@Public()
@ApiExcludeController()
@Controller('providers')
class ProvidersController {
  @Inject(Connection) private readonly connection!: { open: boolean; to: string };

  constructor(
    private readonly modules: ModuleRef,
    private readonly lazy: LazyModuleLoader,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly cat: Cat,
    private readonly voice: Voice,
    private readonly thing: GlobalThing,
    @Inject('ALIAS') private readonly alias: Meow,
    @Inject('LIMIT') private readonly limit: number,
    @Inject(Labelled) private readonly mixed: { label: string },
    @Optional() @Inject('ABSENT') private readonly absent?: string,
  ) {}

  @Get()
  all() {
    return {
      cat: this.cat.options.name,
      voice: this.voice.sound,
      same: this.alias === this.modules.get(Meow),
      thing: this.thing.name,
      limit: this.limit,
      mixed: this.mixed.label,
      absent: this.absent ?? null,
      connection: this.connection,
    };
  }

  @Get('references')
  async references() {
    const made = await this.modules.create(NotProvided);
    const far = this.modules.get(Reflector, { strict: false });
    return { made: made.meow.sound, far: far instanceof Reflector, strict: this.has(LazyService) };
  }

  @Get('lazy')
  async lazily() {
    const one = await this.lazy.load(() => LazyModule);
    const other = await this.lazy.load(() => Promise.resolve(LazyModule));
    return { name: one.get(LazyService).name, same: one.get(LazyService) === other.get(LazyService) };
  }

  @Get('discovered')
  discovered() {
    const [hook] = this.discovery.getProviders({ metadataKey: Webhook.KEY });
    const [item] = hook ? [this.discovery.getMetadataByDecorator(Webhook, hook)] : [];
    const methods = this.scanner.getAllMethodNames(PaidHook.prototype);
    return { hook: hook?.name, metadata: item, methods };
  }

  private has(token: Type): boolean {
    try {
      return this.modules.get(token, { strict: true }) !== undefined;
    } catch {
      return false;
    }
  }
}

@Module({
  imports: [
    DiscoveryModule,
    GlobalModule,
    CatModule.registerAsync({ isGlobal: true, useFactory: () => ({ name: 'Tom' }) }),
    ValuesModule.forRoot({ LIMIT: 3 }),
  ],
  controllers: [ProvidersController],
  providers: [
    Meow,
    { provide: Voice, useClass: Meow },
    { provide: 'ALIAS', useExisting: Meow },
    connection,
    Labelled,
    PaidHook,
  ],
})
class ProvidersModule {}

export default defineFeature({ module: ProvidersModule });

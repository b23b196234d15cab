import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { map } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

@Injectable()
class Cats {
  name(): string {
    return 'real';
  }
}

@Injectable()
class ClosedGuard implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class LoudInterceptor implements NestInterceptor {
  intercept(_context: object, next: CallHandler<string>) {
    return next.handle().pipe(map((text) => text.toUpperCase()));
  }
}

@Injectable()
class RefusingPipe implements PipeTransform {
  transform(): never {
    throw new Error('not overridden');
  }
}

@Injectable()
class Absent {}

@Public()
@ApiExcludeController()
@Controller('overridden')
class OverriddenController {
  constructor(
    private readonly cats: Cats,
    private readonly absent: Absent,
  ) {}

  @Get(':id')
  @UseGuards(ClosedGuard)
  @UseInterceptors(LoudInterceptor)
  @UsePipes(RefusingPipe)
  cat(@Param('id') id: string) {
    return `${this.cats.name()} ${id} ${String(Reflect.get(this.absent, 'mocked'))}`;
  }
}

@Module({})
class ReplacedModule {}

@Module({ providers: [{ provide: 'OF_MODULE', useValue: 'replaced' }], exports: ['OF_MODULE'] })
class ReplacingModule {}

@Module({ imports: [ReplacedModule], controllers: [OverriddenController], providers: [Cats] })
class OverridesModule {}

export default defineFeature({
  module: OverridesModule,
  create: async (root, adapter, options) => {
    const testing = await Test.createTestingModule({ imports: [root] })
      .overrideProvider(Cats)
      .useValue({ name: () => 'fake' })
      .overrideGuard(ClosedGuard)
      .useValue({ canActivate: () => true })
      .overrideInterceptor(LoudInterceptor)
      .useFactory({ factory: () => ({ intercept: (_context: object, next: CallHandler) => next.handle() }) })
      .overridePipe(RefusingPipe)
      .useValue({ transform: (value: unknown) => value })
      .overrideModule(ReplacedModule)
      .useModule(ReplacingModule)
      .useMocker((token) => (token === Absent ? { mocked: 'mocked' } : undefined))
      .compile();
    return testing.createNestApplication(adapter, options);
  },
});

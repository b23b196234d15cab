import {
  CanActivate,
  Controller,
  Get,
  Injectable,
  Module,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
  UseInterceptors,
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { of, type Observable } from 'rxjs';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const Badges = Reflector.createDecorator<string[]>();
const Level = Reflector.createDecorator<string, number>({ transform: (text) => Number(text) });
const Rank = (...ranks: string[]) => SetMetadata('ranks', ranks);

const events: string[] = [];
const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<Request>();
const headerOf = (context: ExecutionContext) => requestOf(context).get('x-badges')?.split(',') ?? [];

@Injectable()
class Shield {
  raised(badges: string[]): boolean {
    return badges.includes('shield');
  }
}

/** Registered as APP_GUARD: applies to routes with level 9, and injects a provider of its module. */
@Injectable()
class ShieldGuard implements CanActivate {
  constructor(
    private readonly shield: Shield,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const asked = this.reflector.get(Level, context.getHandler());
    events.push(`global ${context.getClass().name}.${context.getHandler().name}`);
    return asked !== 9 || this.shield.raised(headerOf(context));
  }
}

@Injectable()
class BadgesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    events.push('badges');
    const badges = this.reflector.getAllAndOverride(Badges, [context.getHandler(), context.getClass()]);
    return (badges ?? []).every((badge) => headerOf(context).includes(badge));
  }
}

@Injectable()
class RankGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const ranks = this.reflector.getAllAndMerge<string[]>('ranks', targets);
    Object.assign(requestOf(context), { ranks });
    return ranks.every((rank) => headerOf(context).includes(rank));
  }
}

@Injectable()
class MethodGuard implements CanActivate {
  canActivate(context: ExecutionContext): Promise<boolean> {
    events.push('method');
    return Promise.resolve(!headerOf(context).includes('banned'));
  }
}

const observed: CanActivate = { canActivate: (context) => of(headerOf(context).includes('seen')) };

@Injectable()
class LoginGuard implements CanActivate {
  canActivate(): boolean {
    throw new UnauthorizedException('Show a badge');
  }
}

@Injectable()
class NoteInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    events.push('interceptor');
    return next.handle();
  }
}

const Ranked = (rank: string) => applyDecorators(Rank(rank), UseGuards(RankGuard));

@Public()
@ApiExcludeController()
@Controller('guarded')
@Badges(['cat'])
@UseGuards(BadgesGuard)
@UseInterceptors(NoteInterceptor)
class GuardedController {
  @Get('class')
  byClass() {
    return 'in';
  }

  @Get('method')
  @Badges([])
  @UseGuards(MethodGuard)
  byMethod() {
    return 'in';
  }

  @Get('shield')
  @Badges([])
  @Level('9')
  byShield() {
    return 'in';
  }
}

@Public()
@ApiExcludeController()
@Controller('ranked')
@Rank('a')
class RankedController {
  @Get('merged')
  @Ranked('b')
  merged(this: void) {
    return 'in';
  }

  @Get('observed')
  @UseGuards(observed)
  observed() {
    return 'in';
  }

  @Get('login')
  @UseGuards(LoginGuard)
  login() {
    return 'in';
  }
}

@Module({
  controllers: [GuardedController, RankedController],
  providers: [Shield, { provide: APP_GUARD, useClass: ShieldGuard }],
})
class GuardsModule {}

const useGuard: CanActivate = { canActivate: (context) => !headerOf(context).includes('nobody') };

export default defineFeature({
  module: GuardsModule,
  configure: (app) => app.useGlobalGuards(useGuard),
  probe: events,
});

import { Controller, Get, Injectable, Module, Param, Post } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs, type ConfigType } from '@nestjs/config';
import { Inject } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, CronExpression, Interval, ScheduleModule, SchedulerRegistry, Timeout } from '@nestjs/schedule';
import { ApiExcludeController } from '@nestjs/swagger';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const events: string[] = [];

const cats = registerAs('cats', () => ({ limit: 9, names: ['Tom'] }));
const validate = (given: Record<string, unknown>) => ({ ...given, CAT_VALIDATED: 'yes' });

@Injectable()
class Tasks {
  @Interval('ticking', 5)
  tick() {
    events.push('interval');
  }

  @Timeout(5)
  once() {
    events.push('timeout');
  }

  @Cron('* * * * * *', { name: 'seconds' })
  everySecond() {
    events.push('cron');
  }

  @Cron(CronExpression.EVERY_1ST_DAY_OF_MONTH_AT_MIDNIGHT, { name: 'monthly', timeZone: 'Europe/Paris' })
  monthly() {
    events.push('monthly');
  }
}

@Injectable()
class Listeners {
  @OnEvent('cat.created')
  created(payload: { name: string }) {
    events.push(`created ${payload.name}`);
  }

  @OnEvent('cat.*', { async: true })
  async any(payload: { name: string }) {
    await sleep(1);
    events.push(`any ${payload.name}`);
  }

  @OnEvent('cat.lost')
  failing() {
    throw new Error('a listener failed');
  }
}

@Public()
@ApiExcludeController()
@Controller('background')
class BackgroundController {
  constructor(
    private readonly config: ConfigService<{ cats: { limit: number } }, true>,
    @Inject(cats.KEY) private readonly typed: ConfigType<typeof cats>,
    private readonly emitter: EventEmitter2,
    private readonly registry: SchedulerRegistry,
  ) {}

  @Get('config')
  configuration() {
    return {
      limit: this.config.get('cats.limit', { infer: true }),
      names: this.typed.names,
      validated: this.config.get<string>('CAT_VALIDATED' as never),
      fallback: this.config.get<string>('NOT_SET' as never, 'fallback'),
    };
  }

  @Post('events/:name')
  async emit(@Param('name') name: string) {
    await this.emitter.emitAsync(`cat.${name}`, { name });
    return events.filter((event) => event.includes(name));
  }

  @Get('jobs')
  jobs() {
    return {
      cron: [...this.registry.getCronJobs().keys()].sort(),
      intervals: this.registry.getIntervals(),
      next: this.registry.getCronJob('monthly').nextDate().day,
    };
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ ignoreEnvFile: true, load: [cats], validate }),
    ConfigModule.forFeature(cats),
    EventEmitterModule.forRoot({ wildcard: true }),
    ScheduleModule.forRoot(),
  ],
  controllers: [BackgroundController],
  providers: [Tasks, Listeners],
})
class BackgroundModule {}

export default defineFeature({ module: BackgroundModule, probe: events });

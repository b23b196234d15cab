import { Global, Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Cache } from './common/cache.js';
import { Clock } from './common/clock.js';
import { Config } from './config/config.js';
import { AerieDataSource } from './database/data-source.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Denials } from './errors/denials.js';
import { AllExceptionsFilter } from './http/exception.filter.js';
import { PreconditionInterceptor } from './http/precondition.interceptor.js';
import { IdempotencyKeys } from './idempotency/idempotency-keys.js';
import { Logger } from './logging/logger.js';

/** What every feature may inject: configuration, logger, clock, cache, and TypeORM's DataSource and EntityManager. */
@Global()
@Module({})
export class KernelModule {
  static for(config: Config, logger: Logger): DynamicModule {
    return {
      module: KernelModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSourceOptions(config), retryAttempts: 0 }),
          dataSourceFactory: async (options) => new AerieDataSource(options!),
        }),
      ],
      providers: [
        { provide: Config, useValue: config },
        { provide: Logger, useValue: logger },
        {
          provide: APP_FILTER,
          inject: [Denials],
          useFactory: (denials: Denials) => new AllExceptionsFilter(logger, denials),
        },
        { provide: APP_INTERCEPTOR, useClass: PreconditionInterceptor },
        Denials,
        Clock,
        Cache,
        IdempotencyKeys,
      ],
      exports: [Config, Logger, Clock, Cache, Denials],
    };
  }
}

import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessGuard } from './access/access.guard.js';
import { Cache } from './cache/cache.js';
import { Clock } from './common/clock.js';
import { Config, loadConfig } from './config/config.js';
import { AerieDataSource } from './database/data-source.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Denials } from './errors/denials.js';
import { ContractGuard } from './http/contract.guard.js';
import { Contracts } from './http/contracts.js';
import { AllExceptionsFilter } from './http/exception.filter.js';
import { PreconditionInterceptor } from './http/precondition.interceptor.js';
import { ResponseInterceptor } from './http/response.interceptor.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { Logger } from './logging/logger.js';
import { GIVEN, type Given } from './given.module.js';

const optionally = { token: GIVEN, optional: true };

/**
 * What every feature may inject (configuration, logger, clock, cache, TypeORM's DataSource and EntityManager), and what
 * stands behind every route. Interceptors run from the top to the bottom, those of features inside them.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({ ...dataSourceOptions(config), autoLoadEntities: true, retryAttempts: 0 }),
      dataSourceFactory: async (options) => new AerieDataSource(options!),
    }),
  ],
  providers: [
    { provide: Config, inject: [optionally], useFactory: (given?: Given) => given?.config ?? loadConfig() },
    {
      provide: Logger,
      inject: [Config, optionally],
      useFactory: (config: Config, given?: Given) => given?.logger ?? new Logger(config),
    },
    { provide: APP_GUARD, useClass: ContractGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_PIPE, useClass: ValidationPipe },
    { provide: APP_INTERCEPTOR, useClass: TimingInterceptor },
    { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ResponseInterceptor },
    { provide: APP_INTERCEPTOR, useClass: PreconditionInterceptor },
    { provide: APP_FILTER, useClass: AllExceptionsFilter },
    Contracts,
    Denials,
    Clock,
    Cache,
  ],
  exports: [Config, Logger, Clock, Cache, Denials, Contracts],
})
export class KernelModule {}

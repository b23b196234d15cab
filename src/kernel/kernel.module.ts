import { Global, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { AccessGuard } from './access/access.guard.js';
import { Clock } from './common/clock.js';
import { Config, loadConfig } from '../config/config.js';
import { AerieDataSource } from './database/data-source.js';
import { dataSourceOptions } from './database/data-source-options.js';
import { Denials } from './errors/denials.js';
import { ContractGuard } from './http/contract.guard.js';
import { Contracts } from './http/contracts.js';
import { DeclaredResponses } from './http/declared-responses.js';
import { AllExceptionsFilter } from './http/exception.filter.js';
import { GlobalPipes, OwnPipesInterceptor } from './http/own-pipes.js';
import { PreconditionInterceptor } from './http/precondition.interceptor.js';
import { ResponseInterceptor } from './http/response.interceptor.js';
import { TimingInterceptor } from './http/timing.interceptor.js';
import { ValidationPipe } from './http/validation.pipe.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { KernelInterceptor } from './kernel.interceptor.js';
import { Logger } from './logging/logger.js';
import { BOOTSTRAP_OPTIONS, type BootstrapOptions } from './bootstrap.module.js';

// The kernel's module: its global guards, pipe, interceptor and filter, and the data source.

/** The data source options for requests, with the entities of the modules. `extra` has config and logger. */
function withEntities({ extra, entities }: DataSourceOptions): DataSourceOptions {
  const { config, logger } = extra as { config: Config; logger: Logger };
  const options = dataSourceOptions(config, logger);
  return { ...options, entities: [options.entities, entities].flatMap((some) => Object.values(some ?? {})) };
}

const bootstrap = { token: BOOTSTRAP_OPTIONS, optional: true };

/**
 * The providers that every feature may inject (configuration, logger, clock, TypeORM's DataSource and EntityManager),
 * and the global guards, pipe, interceptor and filter.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config, Logger],
      // reads the database URL only when the data source is created, which a test may override
      useFactory: (config: Config, logger: Logger) => ({
        type: 'postgres',
        extra: { config, logger },
        autoLoadEntities: true,
        retryAttempts: 0,
      }),
      dataSourceFactory: async (given) => new AerieDataSource(withEntities(given!)),
    }),
  ],
  providers: [
    { provide: Config, inject: [bootstrap], useFactory: (given?: BootstrapOptions) => given?.config ?? loadConfig() },
    {
      provide: Logger,
      inject: [Config, bootstrap],
      useFactory: (config: Config, given?: BootstrapOptions) => given?.logger ?? new Logger(config),
    },
    { provide: APP_GUARD, useExisting: ContractGuard },
    { provide: APP_GUARD, useExisting: AccessGuard },
    { provide: APP_PIPE, useExisting: ValidationPipe },
    { provide: APP_INTERCEPTOR, useExisting: KernelInterceptor },
    { provide: APP_FILTER, useExisting: AllExceptionsFilter },
    ContractGuard,
    AccessGuard,
    ValidationPipe,
    KernelInterceptor,
    AllExceptionsFilter,
    TimingInterceptor,
    IdempotencyInterceptor,
    ResponseInterceptor,
    PreconditionInterceptor,
    OwnPipesInterceptor,
    GlobalPipes,
    Contracts,
    DeclaredResponses,
    Denials,
    Clock,
  ],
  exports: [Config, Logger, Clock, Denials, Contracts],
})
export class KernelModule implements NestModule {
  constructor(private readonly pipes: GlobalPipes) {}

  /** Nest calls it between `app.useGlobalPipes()` and the registration of routes. */
  configure(): void {
    this.pipes.limitToPlainRoutes();
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from './config/config.js';
import type { Logger } from './logging/logger.js';

/** What the program that starts the application hands in. */
export interface Given {
  readonly config: Config;
  readonly logger: Logger;
}

export const GIVEN = Symbol('given');

/** The start's own configuration and logger. Without this module, the kernel reads the environment. */
@Module({})
export class GivenModule {
  static with(given: Given): DynamicModule {
    return { module: GivenModule, global: true, providers: [{ provide: GIVEN, useValue: given }], exports: [GIVEN] };
  }
}

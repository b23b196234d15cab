import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { Logger } from './logging/logger.js';

/** Configuration and logger of the program that starts the application. */
export interface Given {
  readonly config: Config;
  readonly logger: Logger;
}

export const GIVEN = Symbol('given');

/**
 * Provides configuration and logger to the kernel. Without this module, as in tests of a single module, the kernel
 * reads the environment.
 */
@Module({})
export class GivenModule {
  static with(given: Given): DynamicModule {
    return { module: GivenModule, global: true, providers: [{ provide: GIVEN, useValue: given }], exports: [GIVEN] };
  }
}

import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '../config/config.js';
import type { Logger } from './logging/logger.js';

/** Configuration and logger of the program that starts the application. */
export interface BootstrapOptions {
  readonly config: Config;
  readonly logger: Logger;
}

export const BOOTSTRAP_OPTIONS = Symbol('bootstrap options');

/**
 * Provides configuration and logger to the kernel. Without this module, as in tests of a single module, the kernel
 * reads the environment.
 */
@Module({})
export class BootstrapModule {
  static forRoot(options: BootstrapOptions): DynamicModule {
    const providers = [{ provide: BOOTSTRAP_OPTIONS, useValue: options }];
    return { module: BootstrapModule, global: true, providers, exports: [BOOTSTRAP_OPTIONS] };
  }
}

import { Global, Module } from '@nestjs/common';
import { KernelModule } from '../kernel/kernel.module.js';
import { Cache } from './cache.js';

@Global()
@Module({ imports: [KernelModule], providers: [Cache], exports: [Cache] })
export class CacheModule {}

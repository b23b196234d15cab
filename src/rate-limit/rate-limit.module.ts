import { Global, Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { RequestLimiter } from '../kernel/access/request-limiter.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { RateLimiter } from './rate-limiter.js';

/**
 * Provides the general rate limit, which AccessGuard applies. Global, since the guard belongs to the kernel's module.
 */
@Global()
@Module({
  imports: [KernelModule, CacheModule],
  providers: [RateLimiter, { provide: RequestLimiter, useExisting: RateLimiter }],
  exports: [RateLimiter, RequestLimiter],
})
export class RateLimitModule {}

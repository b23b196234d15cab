import { Global, Module } from '@nestjs/common';
import { ReplicaReads } from '../kernel/http/replica-reads.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { ReplicaRouting } from './replica-routing.js';
import { Replicas } from './replicas.js';

/**
 * Provides the read replicas to the kernel's interceptor. Global, since the interceptor belongs to the kernel's module.
 */
@Global()
@Module({
  imports: [KernelModule],
  providers: [Replicas, { provide: ReplicaReads, useClass: ReplicaRouting }],
  exports: [Replicas, ReplicaReads],
})
export class ReplicasModule {}

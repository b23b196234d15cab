import { Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CacheModule } from './cache/cache.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HealthModule } from './health/health.module.js';
import { HousekeepingModule } from './housekeeping/housekeeping.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { ItemsModule } from './items/items.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { KernelModule } from './kernel/kernel.module.js';
import { MailModule } from './mail/mail.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { PostsModule } from './posts/posts.module.js';
import { RateLimitModule } from './rate-limit/rate-limit.module.js';
import { ReplicasModule } from './replicas/replicas.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { TelemetryModule } from './telemetry/telemetry.module.js';
import { UsersModule } from './users/users.module.js';

/** The root module, which imports all features. */
@Module({
  imports: [
    KernelModule,
    CacheModule,
    RateLimitModule,
    ReplicasModule,
    AuditModule,
    JobsModule,
    MailModule,
    // Express tries the routes in this order, so the features with the most requests come first
    HealthModule,
    ItemsModule,
    OrdersModule,
    UsersModule,
    PostsModule,
    AuthModule,
    AccountsModule,
    ReportsModule,
    ExportsModule,
    ImportsModule,
    DashboardModule,
    RequestsModule,
    HousekeepingModule,
    TelemetryModule,
  ],
})
export class AppModule {}

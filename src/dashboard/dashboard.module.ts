import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DashboardController } from './dashboard.controller.js';
import { DashboardService } from './dashboard.service.js';
import { Order } from '../orders/order.entity.js';
import { User } from '../users/user.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';

@Module({
  imports: [KernelModule, AuthModule, TypeOrmModule.forFeature([User, Order])],
  controllers: [DashboardController],
  providers: [DashboardService],
})
export class DashboardModule {}

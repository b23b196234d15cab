import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { Item } from '../items/item.entity.js';
import { Order } from './order.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MailModule } from '../mail/mail.module.js';

@Module({
  imports: [KernelModule, AuthModule, JobsModule, MailModule, TypeOrmModule.forFeature([Order, Item])],
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class OrdersModule {}

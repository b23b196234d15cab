import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ExportConnections } from './export-connections.js';
import { ExportDownloads } from './export-downloads.service.js';
import { ExportFilesController } from './export-files.controller.js';
import { ExportFilesService } from './export-files.service.js';
import { ExportWriter } from './export-writer.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';
import { ExportFile } from './export-file.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { JobsModule } from '../jobs/jobs.module.js';

@Module({
  imports: [KernelModule, AuthModule, JobsModule, TypeOrmModule.forFeature([ExportFile])],
  controllers: [ExportsController, ExportFilesController],
  providers: [ExportConnections, ExportsService, ExportFilesService, ExportDownloads, ExportWriter],
})
export class ExportsModule {}

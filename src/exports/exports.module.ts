import { Module } from '@nestjs/common';
import { ExportConnections } from './export-connections.js';
import { ExportsController } from './exports.controller.js';
import { ExportsService } from './exports.service.js';

@Module({ controllers: [ExportsController], providers: [ExportConnections, ExportsService] })
export class ExportsModule {}

import { Controller, Get, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { ApiExcludeController } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, PrimaryColumn, type Repository } from 'typeorm';
import { SignedIn } from '../../src/kernel/access/access.js';

@Entity('parcels')
class Parcel {
  @PrimaryColumn('text') code!: string;
  @Column('text') city!: string;
}

@ApiExcludeController()
@Controller('parcels')
class ParcelsController {
  constructor(@InjectRepository(Parcel, 'warehouse') private readonly parcels: Repository<Parcel>) {}

  @SignedIn()
  @Get()
  list() {
    return this.parcels.find({ order: { code: 'ASC' }, take: 100 });
  }
}

const warehouse = TypeOrmModule.forRootAsync({
  name: 'warehouse',
  imports: [ConfigModule.forRoot()],
  inject: [ConfigService],
  useFactory: (config: ConfigService) => ({
    type: 'postgres',
    url: config.getOrThrow<string>('WAREHOUSE_URL'),
    autoLoadEntities: true,
  }),
});

@Module({ imports: [warehouse, TypeOrmModule.forFeature([Parcel], 'warehouse')], controllers: [ParcelsController] })
export class ParcelsModule {}

import { Controller, Get, Module, Param, Patch, type OnModuleInit } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Column, DataSource, Entity, PrimaryColumn, Repository, VersionColumn } from 'typeorm';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

/** One row per owner, which has an id of its own. */
@Entity('nest_profiles')
class Profile {
  @PrimaryColumn('integer')
  id!: number;

  @Column('integer', { unique: true })
  owner_id!: number;

  @Column('integer')
  visits!: number;

  @VersionColumn()
  version!: number;
}

@Entity('nest_lines')
class Line {
  @PrimaryColumn('integer')
  basket_id!: number;

  @PrimaryColumn('integer')
  line_id!: number;

  @Column('integer')
  pieces!: number;

  @VersionColumn()
  version!: number;
}

@Versioned(Profile)
class ProfileShown {
  @ApiProperty()
  visits!: number;
}

@Versioned(Line)
class LineShown {
  @ApiProperty()
  pieces!: number;
}

@Public()
@ApiTags('profiles')
@Controller('profiles')
class ProfilesController {
  constructor(@InjectRepository(Profile) private readonly profiles: Repository<Profile>) {}

  @Get(':ownerId')
  @ApiOperation({ summary: 'Shows the profile of an owner.' })
  @Returns(ProfileShown)
  showProfile(@Param('ownerId') owner_id: number) {
    return this.profiles.findOneByOrFail({ owner_id });
  }

  @Patch(':ownerId')
  @ApiOperation({ summary: 'Counts a visit to the profile of an owner.' })
  @Returns(ProfileShown)
  async visitProfile(@Param('ownerId') owner_id: number) {
    await this.profiles.increment({ owner_id }, 'visits', 1);
    return this.profiles.findOneByOrFail({ owner_id });
  }
}

@Public()
@ApiTags('lines')
@Controller('baskets/:basket_id/lines')
class LinesController {
  constructor(@InjectRepository(Line) private readonly lines: Repository<Line>) {}

  @Get(':line_id')
  @ApiOperation({ summary: 'Shows a line.' })
  @Returns(LineShown)
  showLine(@Param('basket_id') basket_id: number, @Param('line_id') line_id: number) {
    return this.lines.findOneByOrFail({ basket_id, line_id });
  }

  @Patch(':line_id')
  @ApiOperation({ summary: 'Adds a piece to a line.' })
  @Returns(LineShown)
  async addPiece(@Param('basket_id') basket_id: number, @Param('line_id') line_id: number) {
    await this.lines.increment({ basket_id, line_id }, 'pieces', 1);
    return this.showLine(basket_id, line_id);
  }
}

const TABLES = `
  create table nest_profiles (id int primary key, owner_id int not null unique, visits int not null, version int not null default 1);
  create table nest_lines (
    basket_id int, line_id int, pieces int not null, version int not null default 1, primary key (basket_id, line_id)
  );
  create trigger nest_profiles_version before update or delete on nest_profiles for each row execute function count_version();
  create trigger nest_lines_version before update or delete on nest_lines for each row execute function count_version();
  insert into nest_profiles values (1, 2, 0), (2, 1, 0);
  insert into nest_lines values (1, 2, 0), (2, 1, 0), (2, 2, 0);
`;

@Module({ imports: [TypeOrmModule.forFeature([Profile, Line])], controllers: [ProfilesController, LinesController] })
class KeysModule implements OnModuleInit {
  constructor(private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    for (const statement of TABLES.split(';').filter((text) => text.trim() !== '')) await this.source.query(statement);
  }
}

export default defineFeature({ module: KeysModule });

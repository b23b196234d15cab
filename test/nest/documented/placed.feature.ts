import { Controller, Get, Module, Param, Post, Version, VersioningType } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class Place {
  @ApiProperty({ example: 'here', description: 'Where it is' })
  at!: string;
}

@Public()
@ApiTags('places')
@Controller({ path: 'places', version: '2' })
class PlacesController {
  @Get(':id')
  @ApiOperation({ summary: 'Shows a place' })
  @Returns(Place)
  showPlace(@Param('id') id: string) {
    return { at: `place ${id} of 2` };
  }

  @Version('3')
  @Post()
  @ApiOperation({ summary: 'Adds a place' })
  @Returns(Place, { status: 201 })
  addPlace() {
    return { at: 'place of 3' };
  }
}

@Public()
@ApiTags('routed')
@Controller('rooms')
class RoomsController {
  @Get()
  @ApiOperation({ summary: 'Shows a room' })
  @Returns(Place)
  showRoom(@Param('house') house: string) {
    return { at: `room of ${house}` };
  }
}

@Module({ controllers: [RoomsController] })
class RoomsModule {}

@Module({
  imports: [RoomsModule, RouterModule.register([{ path: 'houses/:house', module: RoomsModule }])],
  controllers: [PlacesController],
})
class PlacesModule {}

export default defineFeature({
  module: PlacesModule,
  configure: (app) => {
    app.setGlobalPrefix('api');
    app.enableVersioning({ type: VersioningType.URI });
  },
});

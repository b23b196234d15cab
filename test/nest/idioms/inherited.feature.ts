import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Patch,
  Post,
  type Type,
} from '@nestjs/common';
import { PartialType } from '@nestjs/mapped-types';
import { ApiExcludeController } from '@nestjs/swagger';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

/** An abstract controller for things of any kind. */
abstract class ThingsController {
  protected abstract readonly kind: string;

  @Get()
  all() {
    return { kind: this.kind, path: 'all' };
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { kind: this.kind, id };
  }

  @Delete(':id')
  @HttpCode(204)
  drop() {
    return undefined;
  }
}

@Public()
@ApiExcludeController()
@Controller('inherited/cats')
class CatsController extends ThingsController {
  protected override readonly kind = 'cats';
}

@Public()
@ApiExcludeController()
@Controller('inherited/dogs')
class DogsController extends ThingsController {
  protected override readonly kind = 'dogs';

  override all() {
    return { kind: this.kind, path: 'overridden' };
  }

  @Get(':id')
  override one(@Param('id') id: string) {
    return { kind: this.kind, id: `dog ${id}` };
  }
}

/** Returns a class like `ThingsController`, made by a function instead of inheritance. */
function thingsOf(kind: string): Type<{ made(): object }> {
  @Public()
  @ApiExcludeController()
  @Controller(`made/${kind}`)
  class MadeController {
    @Get()
    made() {
      return { kind };
    }
  }
  return MadeController;
}

class CreateBirdDto {}
class UpdateBirdDto extends PartialType(CreateBirdDto) {}

@Injectable()
class BirdsService {
  create(_bird: CreateBirdDto) {
    return 'This action adds a new bird';
  }

  findAll() {
    return 'This action returns all birds';
  }

  findOne(id: number) {
    return `This action returns a #${id} bird`;
  }

  update(id: number, _bird: UpdateBirdDto) {
    return `This action updates a #${id} bird`;
  }

  remove(id: number) {
    return `This action removes a #${id} bird`;
  }
}

/** A controller as `nest generate resource` writes it. */
@Public()
@ApiExcludeController()
@Controller('birds')
class BirdsController {
  @Inject(BirdsService) private readonly birds!: BirdsService;

  @Post()
  create(@Body() bird: CreateBirdDto) {
    return this.birds.create(bird);
  }

  @Get()
  findAll() {
    return this.birds.findAll();
  }

  @Get(':id')
  findOne(@Param('id') id: string) {
    return this.birds.findOne(+id);
  }

  @Patch(':id')
  update(@Param('id') id: string, @Body() bird: UpdateBirdDto) {
    return this.birds.update(+id, bird);
  }

  @Delete(':id')
  remove(@Param('id') id: string) {
    return this.birds.remove(+id);
  }
}

@Module({
  controllers: [CatsController, DogsController, thingsOf('fish'), thingsOf('frogs'), BirdsController],
  providers: [BirdsService],
})
class InheritedModule {}

export default defineFeature({ module: InheritedModule });

import { Body, Controller, Get, Module, Param, Patch, Post, Render } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Versioned } from '../../../src/kernel/database/versioned.js';
import { Order } from '../../../src/orders/order.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { defineFeature } from '../feature.js';
import { Public, Returns } from '../kernel.js';

class BareInput {
  label!: string;
}

class BadField {
  @ApiProperty({ type: 'number', format: 'float' })
  share!: number;
}

class HoldsEntity {
  @ApiProperty({ type: () => User })
  owner!: User;
}

class Owner {
  @ApiProperty()
  name!: string;
}

@Versioned(Order)
class OrderWithUser {
  @ApiProperty()
  id!: number;

  @ApiProperty({ type: () => Owner })
  user!: Owner;
}

const described = () => ApiOperation({ summary: 'Is described.' });

@ApiTags('mistakes')
@Controller('mistakes')
class MistakesController {
  @Post()
  @Public()
  @described()
  @Returns(BadField)
  create(@Body() body: BareInput) {
    return { share: body.label.length };
  }

  @Patch(':id')
  @described()
  @Returns(BadField)
  patch(@Body() body: BareInput) {
    return { share: body.label.length };
  }

  @Get('rendered')
  @Public()
  @described()
  @Render('page')
  @Returns(Owner)
  rendered() {
    return { name: 'Ada' };
  }

  @Get('bare')
  @Public()
  @Returns(Owner)
  bare() {
    return { name: 'x' };
  }

  @Get('ghost')
  @Public()
  @described()
  @Returns(Owner)
  ghost(@Param('nowhere') nowhere: string) {
    return { name: nowhere };
  }

  @Get('entity')
  @Public()
  @described()
  @Returns(User as new () => object)
  entity() {
    return {};
  }

  @Get('entities')
  @Public()
  @described()
  @Returns([User as new () => object])
  entities() {
    return [];
  }

  @Get('holds')
  @Public()
  @described()
  @Returns(HoldsEntity as new () => object)
  holds() {
    return {};
  }

  @Get('versioned')
  @Public()
  @described()
  @Returns(OrderWithUser as new () => object)
  versioned() {
    return {};
  }
}

@Module({ controllers: [MistakesController] })
class MistakesModule {}

export default defineFeature({ module: MistakesModule });

import { Controller, Get, Injectable, Module, Post, Req, UseGuards } from '@nestjs/common';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { defineFeature } from '../feature.js';
import { Public } from '../kernel.js';

const secret = 'only-for-tests-and-at-least-32-bytes-long';

@Injectable()
class CatJwtStrategy extends PassportStrategy(Strategy, 'cat-jwt') {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromHeader('x-cat-token'), secretOrKey: secret });
  }

  validate({ sub }: { sub: string }) {
    return sub === 'nobody' ? false : { name: sub };
  }
}

@Injectable()
class CatGuard extends AuthGuard('cat-jwt') {}

@Public()
@ApiExcludeController()
@Controller('passport')
class PassportController {
  constructor(private readonly jwt: JwtService) {}

  @Post('tokens')
  async token(@Req() request: Request) {
    return { token: await this.jwt.signAsync({ sub: request.get('x-name') }) };
  }

  @Get('profile')
  @UseGuards(CatGuard)
  profile(@Req() { user }: Request) {
    return user;
  }
}

@Module({
  imports: [PassportModule, JwtModule.register({ secret, signOptions: { expiresIn: '60s' } })],
  controllers: [PassportController],
  providers: [CatJwtStrategy],
})
class PassportFeatureModule {}

export default defineFeature({ module: PassportFeatureModule });

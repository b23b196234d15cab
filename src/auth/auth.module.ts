import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JwtModule } from '@nestjs/jwt';
import { UsersModule } from '../users/users.module.js';
import { Authenticator } from '../kernel/access/authenticator.js';
import { AccessTokensController } from './access-tokens.controller.js';
import { AccessTokensService } from './access-tokens.service.js';
import { AuthCleanUp } from './auth.clean-up.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { ACCESS_TOKEN_TYPE } from './claims.js';
import { AUDIENCE, ISSUER, JwtStrategy } from './jwt.strategy.js';
import { KeyRotation } from './key-rotation.js';
import { KeyRing } from './key-ring.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { TokenAuthenticator } from './token-authenticator.js';
import { TotpVerifier } from './totp-verifier.js';
import { TotpController } from './totp.controller.js';
import { TotpService } from './totp.service.js';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { User } from '../users/user.entity.js';
import { AccessToken } from './access-token.entity.js';
import { Session } from './session.entity.js';
import { Totp } from './totp.entity.js';
import { KernelModule } from '../kernel/kernel.module.js';
import { JobsModule } from '../jobs/jobs.module.js';

/**
 * Authentication: sign-in, sessions, second factors, personal access tokens. Global, since AccessGuard needs the
 * Authenticator.
 */
@Global()
@Module({
  imports: [
    KernelModule,
    JobsModule,
    TypeOrmModule.forFeature([User, Session, AccessToken, Totp, AuditEvent]),
    UsersModule,
    // without a key, since keys can change at run time: KeyRing passes them
    JwtModule.register({
      signOptions: {
        algorithm: 'HS256',
        issuer: ISSUER,
        audience: AUDIENCE,
        header: { alg: 'HS256', typ: ACCESS_TOKEN_TYPE },
      },
    }),
  ],
  controllers: [AuthController, SessionsController, TotpController, AccessTokensController],
  providers: [
    AuthService,
    KeyRotation,
    SignInService,
    SessionsService,
    TotpService,
    TotpVerifier,
    AccessTokensService,
    KeyRing,
    AuthCleanUp,
    JwtStrategy,
    { provide: Authenticator, useClass: TokenAuthenticator },
  ],
  exports: [Authenticator],
})
export class AuthModule {}

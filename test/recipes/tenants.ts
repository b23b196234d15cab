import { createParamDecorator, ForbiddenException, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { Controller, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { EntityManager } from 'typeorm';
import { SignedIn, type Caller } from '../../src/kernel/access/access.js';
import { execute } from '../../src/kernel/database/statement.js';

type Request = { user: Caller; tenant_id?: number };
const requestOf = (context: ExecutionContext) => context.switchToHttp().getRequest<Request>();
const Tenant = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context).tenant_id);

/** The tenant comes from the database, so that no caller can choose one. */
@Injectable()
class TenantGuard implements CanActivate {
  constructor(private readonly db: EntityManager) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = requestOf(context);
    const { rows } = await execute(this.db, 'select tenant_id from members where user_id = $1', [request.user.id]);
    if (rows.length === 0) throw new ForbiddenException('You belong to no company');
    request.tenant_id = rows[0]![0] as number;
    return true;
  }
}

@SignedIn()
@UseGuards(TenantGuard)
@ApiExcludeController()
@Controller('contracts')
class ContractsController {
  constructor(private readonly db: EntityManager) {}

  @Get()
  list(@Tenant() tenant_id: number): Promise<object[]> {
    return this.db.query('select title from contracts where tenant_id = $1', [tenant_id]);
  }
}

@Module({ controllers: [ContractsController] })
export class ContractsModule {}

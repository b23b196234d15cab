import { Controller, Get } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { ApiExcludeEndpoint, ApiOperation } from '@nestjs/swagger';
import { Public } from '../access/access.js';
import { Contracts } from './contracts.js';
import { ReturnsNothing } from './returns.js';

@Public()
@Controller('cats')
class CatsController {
  readonly bound = this.documented.bind(this);

  @Get('documented')
  @ApiOperation({ summary: 'Returns nothing.' })
  @ReturnsNothing()
  documented(): void {}

  @Get('excluded')
  @ApiExcludeEndpoint()
  excluded(): void {}
}

function contractsOf(controller: object): Contracts {
  const modules = new Map([['module', { controllers: new Map([['controller', { metatype: controller }]]) }]]);
  return new Contracts(
    modules as unknown as ModulesContainer,
    { getGlobalInterceptors: () => [] } as never,
    {} as never,
    {} as never,
  );
}

describe('Contracts.of', () => {
  const contracts = contractsOf(CatsController);
  const handler = (name: 'documented' | 'excluded') => CatsController.prototype[name];

  it('returns the contract of a documented handler, and none for an excluded one', () => {
    expect(contracts.of(CatsController, handler('documented'))).toMatchObject({ handler: { name: 'documented' } });
    expect(contracts.of(CatsController, handler('excluded'))).toBeUndefined();
    expect([...contracts.all().keys()]).toHaveLength(1);
  });

  it('throws for a function that replaces a handler, instead of running it without its contract', () => {
    const { bound } = new CatsController();
    expect(() => contracts.of(CatsController, bound)).toThrow(/CatsController replaces .*'bound documented'/);
  });
});

import { Injectable } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import { ApiResponse, DECORATORS } from '@nestjs/swagger';
import { handlersOf } from './handlers.js';
import { Contracts } from './contracts.js';
import { declaredAnswer, type Declared } from './returns.js';

type Responses = Record<string, { description?: string }>;

/**
 * Says for documents other than ours what `@Returns` declares: `SwaggerModule.createDocument()` reads `@ApiResponse`. Done
 * as the application is created, when the status is known: `@HttpCode` may stand on either side of `@Returns`.
 */
@Injectable()
export class DeclaredResponses {
  constructor(contracts: Contracts) {
    for (const [, handler] of contracts.controllers().flatMap(handlersOf)) {
      const declared = declaredAnswer(handler);
      if (declared !== undefined) declare(handler, declared);
    }
  }
}

function declare(handler: object, { model, many }: Declared): void {
  const status = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number;
  const said = (Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {}) as Responses;
  const kept = Object.entries(said).filter(([other, { description }]) => !isSupposed(other, description, status));
  Reflect.defineMetadata(DECORATORS.API_RESPONSE, Object.fromEntries(kept), handler);
  const body = model ? { type: model, isArray: many } : {};
  ApiResponse({ status, ...body })({}, '', { value: handler });
}

/** The compiler's plugin does not see into `@Returns`, and supposes the status that Nest gives by itself. */
function isSupposed(other: string, description: string | undefined, status: number): boolean {
  return !description && (other === '200' || other === '201') && Number(other) !== status;
}

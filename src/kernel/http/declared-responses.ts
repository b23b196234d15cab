import { Injectable } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import { ApiResponse, DECORATORS } from '@nestjs/swagger';
import { handlersOf } from './handlers.js';
import { Contracts } from './contracts.js';
import { declaredResponseOf, type DeclaredResponse } from './returns.js';

type Responses = Record<string, { description?: string }>;

/**
 * Adds `@ApiResponse` for what `@Returns` declares, for documents of `SwaggerModule.createDocument()`. Runs when the
 * application is created, since `@HttpCode` may be above or below `@Returns`.
 */
@Injectable()
export class DeclaredResponses {
  constructor(contracts: Contracts) {
    for (const [, handler] of contracts.controllers().flatMap(handlersOf)) {
      const declared = declaredResponseOf(handler);
      if (declared !== undefined) declare(handler, declared);
    }
  }
}

function declare(handler: object, { model, isArray }: DeclaredResponse): void {
  const status = Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number;
  const documented = (Reflect.getMetadata(DECORATORS.API_RESPONSE, handler) ?? {}) as Responses;
  const kept = Object.entries(documented).filter(([other, { description }]) => !isAssumed(other, description, status));
  Reflect.defineMetadata(DECORATORS.API_RESPONSE, Object.fromEntries(kept), handler);
  const body = model ? { type: model, isArray } : {};
  ApiResponse({ status, ...body })({}, '', { value: handler });
}

/**
 * Whether the compiler plugin has added the response: it does not know `@Returns` and assumes Nest's default status.
 */
function isAssumed(other: string, description: string | undefined, status: number): boolean {
  return !description && (other === '200' || other === '201') && Number(other) !== status;
}

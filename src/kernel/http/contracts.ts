import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { Config } from '../../config/config.js';
import { Logger } from '../logging/logger.js';
import { closedGateways } from './gateway-warnings.js';
import type { Contract } from './contract.js';
import { ContractMistakes } from './contract-mistakes.js';
import { documentedHandlersOf, handlersOf, type Controller } from './handlers.js';
import { Getters } from './getters.js';
import { DeclarationError } from './declaration-error.js';
import { OperationIds } from './operation-ids.js';
import { SerializerGroups } from './serializer-groups.js';

interface Declarations {
  readonly operationIds: OperationIds;
  /** For handlers that are excluded from the document, undefined. */
  readonly contracts: ReadonlyMap<Controller, ReadonlyMap<object, Contract | undefined>>;
  /** Messages about wrong declarations. */
  readonly mistakes: readonly string[];
}

/**
 * The contracts of all documented handlers, read once from Nest's metadata. The application does not start if they
 * contain mistakes.
 */
@Injectable()
export class Contracts implements OnModuleInit {
  private known: Declarations | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    private readonly application: ApplicationConfig,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const { mistakes } = this.declarations;
    if (mistakes.length > 0) throw new DeclarationError(mistakes);
    for (const warning of closedGateways(this.modules)) this.logger.warn(warning);
  }

  /**
   * Returns the contract of a handler; undefined if it is excluded from the document. Throws an Error for a function
   * that replaces a handler on the instance of its controller, such as `this.find.bind(this)`: decorators are those of
   * the method, so the replacement would run without its access rule, validation and response model.
   */
  of(controller: Controller, handler: { readonly name: string }): Contract | undefined {
    const byHandler = this.declarations.contracts.get(controller);
    const contract = byHandler?.get(handler);
    if (contract !== undefined || byHandler === undefined || byHandler.has(handler)) return contract;
    throw new Error(
      `${controller.name} replaces a handler by the function '${handler.name}', which has none of its decorators: keep the method`,
    );
  }

  /** Returns all contracts that could be read, by operation id. */
  all(): ReadonlyMap<string, Contract> {
    const byId = new Map<string, Contract>();
    for (const byHandler of this.declarations.contracts.values()) {
      for (const contract of byHandler.values()) if (contract) byId.set(contract.operationId, contract);
    }
    return byId;
  }

  /** Returns the milliseconds until the response must begin, or undefined for routes with their own limits. */
  deadlineOf({ returns, inputs, writesResponse }: Contract): number | undefined {
    const isLong =
      (returns.media !== undefined && (writesResponse || returns.ranges)) ||
      inputs.some(({ from }) => from === 'upload');
    return returns.withoutDatabase || isLong ? undefined : this.config.requestMs;
  }

  get declarations(): Declarations {
    return (this.known ??= read(this.controllers(), new SerializerGroups(this.application, this.modules)));
  }

  /** The controllers of the application, each once. */
  controllers(): Controller[] {
    const found = new Set<Controller>();
    for (const { controllers } of this.modules.values()) {
      for (const { metatype } of controllers.values()) found.add(metatype as unknown as Controller);
    }
    return [...found];
  }
}

function read(controllers: readonly Controller[], groups: SerializerGroups): Declarations {
  const operationIds = new OperationIds(controllers);
  const mistakes = new ContractMistakes(operationIds, groups, new Getters(controllers));
  const contracts = new Map<Controller, Map<object, Contract | undefined>>();
  for (const controller of controllers) {
    const byHandler = new Map<object, Contract | undefined>();
    for (const [, handler] of handlersOf(controller)) byHandler.set(handler, undefined);
    for (const [name, handler] of documentedHandlersOf(controller))
      byHandler.set(handler, mistakes.read(controller, name, handler));
    contracts.set(controller, byHandler);
  }
  return { operationIds, contracts, mistakes: [...mistakes.messages] };
}

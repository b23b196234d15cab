import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Config } from '../config/config.js';
import { Logger } from '../logging/logger.js';
import { closedGateways } from './closed-gateways.js';
import type { Contract } from './contract.js';
import { ContractMistakes } from './contract-mistakes.js';
import { documentedHandlersOf, type Controller } from './handlers.js';
import { DeclarationError } from './declaration-error.js';
import { OperationIds } from './operation-ids.js';

/** What the handlers of the application declare. */
interface Declarations {
  readonly operationIds: OperationIds;
  readonly contracts: ReadonlyMap<Controller, ReadonlyMap<object, Contract>>;
  /** A sentence for each thing that is declared wrong. */
  readonly mistakes: readonly string[];
}

/** The contracts of all documented handlers. They are read from Nest's metadata, all at once, and never change afterwards. */
@Injectable()
export class Contracts implements OnModuleInit {
  private known: Declarations | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const { mistakes } = this.declarations;
    if (mistakes.length > 0) throw new DeclarationError(mistakes);
    for (const warning of closedGateways(this.modules)) this.logger.warn(warning);
  }

  /** The contract of a handler; undefined for one that is left out of the document. */
  of(controller: Controller, handler: object): Contract | undefined {
    return this.declarations.contracts.get(controller)?.get(handler);
  }

  /** All of the application's that can be read, by operation id: the mistakes tell of the others. */
  all(): ReadonlyMap<string, Contract> {
    const byId = new Map<string, Contract>();
    for (const byHandler of this.declarations.contracts.values()) {
      for (const contract of byHandler.values()) byId.set(contract.operationId, contract);
    }
    return byId;
  }

  /** Milliseconds for an answer to begin; undefined where it may take as long as it needs, within limits of its own. */
  deadlineOf({ returns, inputs, writesItself }: Contract): number | undefined {
    const isLong =
      (returns.media !== undefined && (writesItself || returns.ranges)) || inputs.some(({ from }) => from === 'upload');
    return returns.offline || isLong ? undefined : this.config.requestMs;
  }

  get declarations(): Declarations {
    return (this.known ??= read(this.controllers()));
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

function read(controllers: readonly Controller[]): Declarations {
  const operationIds = new OperationIds(controllers);
  const mistakes = new ContractMistakes(operationIds);
  const contracts = new Map<Controller, Map<object, Contract>>();
  for (const controller of controllers) {
    const byHandler = new Map<object, Contract>();
    for (const [name, handler] of documentedHandlersOf(controller)) {
      const contract = mistakes.read(controller, name, handler);
      if (contract) byHandler.set(handler, contract);
    }
    contracts.set(controller, byHandler);
  }
  return { operationIds, contracts, mistakes: [...mistakes.sentences] };
}

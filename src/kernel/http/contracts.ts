import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Config } from '../config/config.js';
import { Logger } from '../logging/logger.js';
import { closedGateways } from './closed-gateways.js';
import type { Contract } from './contract.js';
import { ContractMistakes } from './contract-mistakes.js';
import { handlersOf, isExcluded, readContract, type Controller } from './contract-reader.js';
import { DeclarationError } from './declaration-error.js';
import { OperationIds } from './operation-ids.js';

/** The contracts of all documented handlers. They are read from Nest's metadata, each once, and never change afterwards. */
@Injectable()
export class Contracts implements OnModuleInit {
  private readonly known = new WeakMap<object, Map<object, Contract | undefined>>();
  private ids: OperationIds | undefined;
  private found: readonly string[] | undefined;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(Config) private readonly config: Config,
    @Inject(Logger) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.check();
    for (const warning of closedGateways(this.modules)) this.logger.warn(warning);
  }

  /** The contract of a handler; undefined for one that is left out of the document. Throws an Error for one that is not declared well. */
  of(controller: Controller, handler: object): Contract | undefined {
    const ofController = this.known.get(controller) ?? new Map<object, Contract | undefined>();
    if (ofController.has(handler)) return ofController.get(handler);
    const name = handlersOf(controller).find(([, one]) => one === handler)?.[0];
    const isPlain = name === undefined || isExcluded(controller, handler);
    const contract = isPlain ? undefined : readContract(controller, name, this.operationIds().of(controller, name));
    this.known.set(controller, ofController.set(handler, contract));
    return contract;
  }

  /** What the operations of all documented handlers are called. */
  operationIds(): OperationIds {
    return (this.ids ??= new OperationIds(this.controllers()));
  }

  /** All of the application's that can be read, by operation id: mistakes() tells of the others. */
  all(): ReadonlyMap<string, Contract> {
    const contracts = this.controllers().flatMap((controller) =>
      handlersOf(controller).flatMap(([, handler]) => this.readable(controller, handler) ?? []),
    );
    return new Map(contracts.map((contract) => [contract.operationId, contract]));
  }

  /** Milliseconds for an answer to begin; undefined where it may take as long as it needs, within limits of its own. */
  deadlineOf({ returns, inputs, writesItself }: Contract): number | undefined {
    const isLong =
      (returns.media !== undefined && (writesItself || returns.ranges)) || inputs.some(({ from }) => from === 'upload');
    return returns.offline || isLong ? undefined : this.config.requestMs;
  }

  /** Throws a DeclarationError that names everything that is declared wrong, with its file and the remedy. */
  check(): void {
    const mistakes = this.mistakes();
    if (mistakes.length > 0) throw new DeclarationError(mistakes);
  }

  /** A sentence for each thing that is declared wrong. */
  mistakes(): readonly string[] {
    const read = (controller: Controller, handler: object) => this.of(controller, handler);
    const clash = (controller: Controller, name: string) => this.operationIds().clashOf(controller, name);
    return (this.found ??= new ContractMistakes(read, clash).of(this.controllers()));
  }

  private readable(controller: Controller, handler: object): Contract | undefined {
    try {
      return this.of(controller, handler);
    } catch {
      return undefined;
    }
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

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Config } from '../config/config.js';
import { hasAccessRule } from '../access/access.js';
import { assertResponseModel, ModelRegistry } from '../schema/model-schema.js';
import { assertModel, type Type } from '../validation/validate.js';
import { bodyModels, modelsOf, type Contract } from './contract.js';
import { handlersOf, isExcluded, readContract, type Controller } from './contract-reader.js';
import { DeclarationError, inFileOf } from './declaration-error.js';
import { OperationIds } from './operation-ids.js';
import { assertWritable } from './writable-models.js';

/** The contracts of all documented handlers. They are read from Nest's metadata, each once, and never change afterwards. */
@Injectable()
export class Contracts implements OnModuleInit {
  private readonly known = new WeakMap<object, Map<object, Contract | undefined>>();
  private ids: OperationIds | undefined;
  private readonly written = new Set<object>();
  private readonly models = new ModelRegistry();
  private isChecked = false;

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(Config) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.check();
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

  /** All of the application's, by operation id. */
  all(): ReadonlyMap<string, Contract> {
    const contracts = this.controllers().flatMap((controller) =>
      handlersOf(controller).flatMap(([, handler]) => this.of(controller, handler) ?? []),
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
    if (this.isChecked) return;
    const mistakes = this.controllers().flatMap((controller) => this.mistakesOf(controller));
    if (mistakes.length > 0) throw new DeclarationError(mistakes);
    this.isChecked = true;
  }

  private mistakesOf(controller: Controller): string[] {
    return handlersOf(controller).flatMap(([name, handler]) => {
      const full = `${controller.name}.${name}`;
      if (isExcluded(controller, handler)) return [];
      const mistake = this.mistakeIn(controller, name, handler);
      if (mistake !== undefined) return [`${full} ${mistake}${inFileOf(controller.name)}`];
      if (hasAccessRule(handler, controller)) return [];
      return [
        `${full} has no access rule: say who may call ${full} (@Public, @SignedIn, @Roles)${inFileOf(controller.name)}`,
      ];
    });
  }

  private mistakeIn(controller: Controller, name: string, handler: object): string | undefined {
    try {
      const contract = this.of(controller, handler)!;
      for (const input of contract.inputs) if ('model' in input) modelsOf(input).forEach(assertModel);
      if (contract.returns.model) {
        assertResponseModel(contract.returns.model);
        assertWritable(contract.returns.model, this.written);
      }
      this.models.add(namedModels(contract));
      return this.operationIds().clashOf(controller, name);
    } catch (error) {
      return (error as Error).message;
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

/** The models that the document shows by their names: those of path and query it shows parameter by parameter. */
function namedModels(contract: Contract): Type<object>[] {
  return [...bodyModels(contract), ...(contract.returns.model ? [contract.returns.model] : [])];
}

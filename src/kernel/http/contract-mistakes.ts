import { DECORATORS } from '@nestjs/swagger';
import { hasAccessRule } from '../access/access.js';
import { isEntity, relationWithoutVersion, versionedEntity } from '../database/versioned.js';
import { modelSchema, ModelRegistry, reachableModels } from '../schema/model-schema.js';
import { documentedProperties, type Type } from '../validation/model-metadata.js';
import { isInGroup } from '../validation/transformations.js';
import { assertModel } from '../validation/validate.js';
import { bodyModels, modelsOf, type Contract } from './contract.js';
import { readContract } from './contract-reader.js';
import { inFileOf } from './declaration-error.js';
import type { Getters } from './getters.js';
import type { Controller } from './handlers.js';
import type { OperationIds } from './operation-ids.js';
import type { SerializerGroups } from './serializer-groups.js';
import { assertSerializable } from './serializable-models.js';

/** Collects mistakes in the declarations of handlers and models: each once, with its file and its remedy. */
export class ContractMistakes {
  readonly messages = new Set<string>();
  private readonly names = new ModelRegistry();
  private readonly serializable = new Set<object>();

  constructor(
    private readonly operationIds: OperationIds,
    private readonly groups: SerializerGroups,
    private readonly getters: Getters,
  ) {}

  /** Reads the contract of a documented handler, and collects its mistakes. Undefined if it cannot be read. */
  read(controller: Controller, name: string, handler: object): Contract | undefined {
    const full = `${controller.name}.${name}`;
    const report = (what: string) => this.messages.add(`${full} ${what}${inFileOf(controller.name)}`);
    const operationId = this.operationIds.of(controller, name);
    const contract = attempt(() => readContract(controller, [name, handler], operationId, this.getters), report);
    if (contract) attempt(() => this.checkModels(contract, report), report);
    attempt(() => assertNoGroups(contract?.returns.model, this.groups.of(controller, handler)), report);
    const clash = this.operationIds.clashOf(controller, name);
    if (clash !== undefined) report(clash);
    if (!hasAccessRule(controller, handler))
      report(`has no access rule: declare who may call ${full} (@Public, @SignedIn, @Roles)`);
    if (!isDescribed(handler)) report('has no description: add a doc-comment of at least one sentence');
    return contract;
  }

  private checkModels(contract: Contract, report: (what: string) => void): void {
    const { model, isArray } = contract.returns;
    for (const input of contract.inputs)
      if ('model' in input) modelsOf(input).forEach((one) => attempt(() => assertModel(one), this.reportModel));
    if (model && isEntity(model)) {
      report(
        `returns ${model.name}, an entity, which cannot be a response model: declare a class with the public fields in a *.dto.ts file, and pass it to @Returns`,
      );
    } else if (model) this.checkResponse(model, isArray);
    this.names.add(namedModels(contract).filter((one) => !isEntity(one)));
  }

  private checkResponse(model: Type<object>, isArray: boolean): void {
    const entity = [...reachableModels([model]).values()].find(isEntity);
    if (entity) {
      this.reportModel(
        `${model.name} contains ${entity.name}, an entity, which cannot be a response model: declare a class with the public fields in a *.dto.ts file`,
      );
      return;
    }
    attempt(() => {
      assertSerializable(model, this.serializable);
      if (!isArray) assertVersionCoversModel(model);
    }, this.reportModel);
  }

  /** Adds a mistake of a model, whose name begins the message, with the model's file. */
  private readonly reportModel = (what: string): void => {
    this.messages.add(what + inFileOf(/^\w*/.exec(what)![0]));
  };
}

function attempt<T>(work: () => T, report: (what: string) => unknown): T | undefined {
  try {
    return work();
  } catch (error) {
    report((error as Error).message);
    return undefined;
  }
}

/** Throws an Error if serializing interceptors show fields of groups, which the response model does not have. */
function assertNoGroups(model: Type<object> | undefined, groups: readonly string[]): void {
  if (model === undefined || groups.length === 0) return;
  for (const [name, one] of reachableModels([model])) {
    const property = [...documentedProperties(one).keys()].find((key) => isInGroup(one, key, groups));
    if (property === undefined) continue;
    throw new Error(
      `shows groups (@SerializeOptions({ groups }) or the options of a ClassSerializerInterceptor), but its response model never has ${name}.${property}: pass a class to @Returns that has all fields of the response, without groups`,
    );
  }
}

function isDescribed(handler: object): boolean {
  const operation = Reflect.getMetadata(DECORATORS.API_OPERATION, handler) as { summary?: string } | undefined;
  return (operation?.summary ?? '').trim() !== '';
}

/** Throws an Error if the model shows related rows, whose changes the version does not count. */
function assertVersionCoversModel(model: Type<object>): void {
  const entity = versionedEntity(model);
  if (entity === undefined) return;
  const relation = relationWithoutVersion(entity, modelSchema(model, 'response').properties!);
  if (relation === undefined) return;
  throw new Error(
    `${model.name}.${relation} contains rows of a relation of ${entity.name}, whose version does not change with them, so the entity tag would be wrong: remove the property, give it a separate route, or remove @Versioned(${entity.name})`,
  );
}

/** The models that the document has as components. Those of path and query appear as single parameters. */
function namedModels(contract: Contract): Type<object>[] {
  return [...bodyModels(contract), contract.returns.model].filter((model) => model !== undefined);
}

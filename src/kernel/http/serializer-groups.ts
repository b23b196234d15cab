import { ClassSerializerInterceptor, SerializeOptions, type NestInterceptor } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { Controller } from './handlers.js';

// The groups whose fields serializing interceptors show.

interface Options {
  readonly groups?: readonly string[];
}

/** The options that a route passes to serializing interceptors. Those of a handler replace those of its controller. */
const { KEY: SERIALIZE_OPTIONS } = SerializeOptions({});

/** Finds the groups that are active when a handler's result is serialized. */
export class SerializerGroups {
  constructor(
    private readonly application: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {}

  /** Returns the groups of `@SerializeOptions`, or else those of the options of each ClassSerializerInterceptor. */
  of(controller: Controller, handler: object): readonly string[] {
    const targets = [handler, controller];
    const own = targets
      .map((one) => Reflect.getMetadata(SERIALIZE_OPTIONS, one) as Options | undefined)
      .find((options) => options !== undefined);
    if (own && 'groups' in own) return own.groups ?? [];
    const bound = targets.flatMap((one) => (Reflect.getMetadata(INTERCEPTORS_METADATA, one) ?? []) as unknown[]);
    const interceptors: unknown[] = [...this.application.getGlobalInterceptors(), ...bound];
    return interceptors.flatMap((one) => optionsOf(this.instanceOf(one)).groups ?? []);
  }

  /** Decorators accept instances and classes. Nest has created the instance of a class, unless it is request-scoped. */
  private instanceOf(interceptor: unknown): unknown {
    if (typeof interceptor !== 'function') return interceptor;
    for (const { injectables } of this.modules.values()) {
      const found = injectables.get(interceptor as new () => NestInterceptor);
      if (found) return found.instance;
    }
    return undefined;
  }
}

/** Of a request-scoped class there is only a prototype at start, without options. */
function optionsOf(interceptor: unknown): Options {
  if (!(interceptor instanceof ClassSerializerInterceptor)) return {};
  return (Reflect.get(interceptor, 'defaultOptions') as Options | undefined) ?? {};
}

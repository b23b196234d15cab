import { RequestMethod, VERSION_NEUTRAL } from '@nestjs/common';
import { HOST_METADATA, METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/constants.js';
import { handlersOf, type Controller } from './handlers.js';

/** A GET handler. */
interface Getter {
  readonly controller: Controller;
  readonly handler: object;
}

/** The GET handlers of the application by their paths, to find what another handler of the same path writes. */
export class Getters {
  private readonly byPath: ReadonlyMap<string, readonly Getter[]>;

  constructor(controllers: readonly Controller[]) {
    const all = controllers.flatMap((controller) =>
      handlersOf(controller).flatMap(([, handler]) =>
        isGet(handler) ? fullPaths(controller, handler).map((path) => ({ path, controller, handler })) : [],
      ),
    );
    this.byPath = Map.groupBy(all, ({ path }) => path);
  }

  /**
   * Returns the handler itself if it is a GET, or that of the GET of its path, host and version, if possible of the same
   * controller. The parameters of the path may have other names.
   */
  of(controller: Controller, handler: object): object | undefined {
    if (isGet(handler)) return handler;
    const found = fullPaths(controller, handler)
      .flatMap((path) => this.byPath.get(path) ?? [])
      .filter((one) => hostOf(one.controller) === hostOf(controller));
    const exact = found.filter((one) => haveCommonVersion(one, { controller, handler }));
    const forEach = found.find((one) => one.controller === controller && isForEachVersion(one));
    return (exact.find((one) => one.controller === controller) ?? exact[0] ?? forEach)?.handler;
  }
}

const isGet = (handler: object) => Reflect.getMetadata(METHOD_METADATA, handler) === RequestMethod.GET;

/** The first path that a controller or a handler declares, without slashes at its ends. */
export const pathOf = (target: object) => pathsOf(target)[0]!;

function pathsOf(target: object): string[] {
  const paths = [(Reflect.getMetadata(PATH_METADATA, target) ?? '') as string | string[]].flat();
  return paths.map((path) => path.replaceAll(/^\/|\/$/g, ''));
}

/** The paths of a handler, without the names of their parameters. */
function fullPaths(controller: Controller, handler: object): string[] {
  const outer = pathsOf(controller);
  const paths = pathsOf(handler).flatMap((inner) => outer.map((path) => `${path}/${inner}`));
  return paths.map((path) => path.replaceAll(/:\w+/g, ':').replaceAll(/^\/|\/$/g, ''));
}

const hostOf = (controller: object) => String(Reflect.getMetadata(HOST_METADATA, controller) ?? '');

/** The versions of a handler or of its controller; `undefined` if there are none. */
function versionsOf({ controller, handler }: Getter): unknown[] {
  const own: unknown = Reflect.getMetadata(VERSION_METADATA, handler);
  return [own ?? (Reflect.getMetadata(VERSION_METADATA, controller) as unknown)].flat();
}

function haveCommonVersion(one: Getter, other: Getter): boolean {
  const versions = versionsOf(other);
  return versionsOf(one).some((version) => versions.includes(version));
}

/** Whether a request of any version may reach it. */
const isForEachVersion = (one: Getter) => [undefined, VERSION_NEUTRAL].includes(versionsOf(one)[0] as undefined);

/** The host and the versions by which requests select among handlers of the same path; undefined if there are none. */
export function selectorOf(controller: Controller, handler: object): string | undefined {
  const parts = [hostOf(controller), ...versionsOf({ controller, handler })];
  return parts.every((part) => part === '' || part === undefined) ? undefined : parts.map(String).join('\n');
}

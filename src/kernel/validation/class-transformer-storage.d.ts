// class-transformer stores the metadata of its decorators here, and has no types for this path.
declare module 'class-transformer/cjs/storage.js' {
  interface Options {
    groups?: string[];
    toClassOnly?: boolean;
    toPlainOnly?: boolean;
  }
  interface TypeMetadata {
    typeFunction(): new () => object;
    options?: { discriminator?: unknown };
  }
  interface TransformMetadata {
    transformFn: (params: { value: unknown; key: string; obj: object; type: number; options: object }) => unknown;
    options?: Options;
  }
  export const defaultMetadataStorage: {
    findTypeMetadata(target: object, property: string): TypeMetadata | undefined;
    /** Returns the metadata for this TransformationType, in the order in which it is applied. */
    findTransformMetadatas(target: object, property: string, type: number): TransformMetadata[];
    findExcludeMetadata(target: object, property: string): { options?: Options } | undefined;
    findExposeMetadata(target: object, property: string): { options?: Options & { name?: string } } | undefined;
    getStrategy(target: object): 'none' | 'excludeAll' | 'exposeAll';
  };
}

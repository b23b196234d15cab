// class-transformer keeps what @Type was given here, and ships no types for this path.
declare module 'class-transformer/cjs/storage.js' {
  interface TypeMetadata {
    typeFunction(): new () => object;
    options?: { discriminator?: unknown };
  }
  export const defaultMetadataStorage: {
    findTypeMetadata(target: object, property: string): TypeMetadata | undefined;
  };
}

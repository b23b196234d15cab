export default async () => globalThis.stopTestDatabase?.();

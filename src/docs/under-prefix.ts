import type { OpenAPIObject } from '@nestjs/swagger';

/** The fields of an OAuth2 flow that are URLs. */
const ADDRESSES = ['authorizationUrl', 'tokenUrl', 'refreshUrl'];

/**
 * Returns the document for clients that see the application under a path prefix: with adapted server and sign-in URLs.
 */
export function underPrefix(document: object, prefix: string): object {
  if (prefix === '') return document;
  const moved = structuredClone(document) as OpenAPIObject;
  for (const server of moved.servers ?? []) server.url = server.url === '/' ? prefix : below(prefix, server.url);
  for (const scheme of Object.values(moved.components?.securitySchemes ?? {})) {
    const { flows = {} } = scheme as { flows?: Record<string, Record<string, unknown>> };
    for (const flow of Object.values(flows)) {
      for (const name of ADDRESSES) flow[name] &&= below(prefix, flow[name] as string);
    }
  }
  return moved;
}

/** Adds the prefix to a path. URLs of other hosts stay as they are. */
function below(prefix: string, address: string): string {
  return address.startsWith('/') ? prefix + address : address;
}

import type { OpenAPIObject } from '@nestjs/swagger';

/** Of an OAuth2 flow. */
const ADDRESSES = ['authorizationUrl', 'tokenUrl', 'refreshUrl'];

/** The document as it is right for who sees this application under a path: its servers, and where to sign in. */
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

/** An address elsewhere stays what it is. */
function below(prefix: string, address: string): string {
  return address.startsWith('/') ? prefix + address : address;
}

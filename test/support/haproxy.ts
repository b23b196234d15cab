import { isInstalled, startProxy, type Proxy } from './proxy.js';

export const hasHaproxy = () => isInstalled('haproxy', 'reloads are not tested behind a real balancer');

/** Starts an HAProxy in front of a server. It keeps and shares connections to that server. */
export const startHaproxy = (server: string): Promise<Proxy> =>
  startProxy({
    program: 'haproxy',
    configuration: (_folder, port) => configuration(port, new URL(server).host),
    args: (file) => ['-db', '-q', '-f', file],
  });

/**
 * Returns the configuration. Its health checks tolerate a slow machine: tests check readiness during reloads directly.
 */
function configuration(port: number, server: string): string {
  return `
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout check 10s
  timeout client 60s
  timeout server 60s
frontend web
  bind 127.0.0.1:${port}
  default_backend aerie
backend aerie
  option httpchk GET /health/ready
  server one ${server} check inter 500 fall 20
`;
}

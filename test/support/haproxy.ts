import { isInstalled, startProxy, type Proxy } from './proxy.js';

export const hasHaproxy = () => isInstalled('haproxy', 'reloads are not tested behind a real balancer');

/** An HAProxy in front of a server whose connections it keeps and shares. */
export const startHaproxy = (server: string): Promise<Proxy> =>
  startProxy({
    program: 'haproxy',
    configuration: (_folder, port) => configuration(port, new URL(server).host),
    args: (file) => ['-db', '-q', '-f', file],
  });

function configuration(port: number, server: string): string {
  return `
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend web
  bind 127.0.0.1:${port}
  default_backend aerie
backend aerie
  option httpchk GET /health/ready
  server one ${server} check inter 500
`;
}

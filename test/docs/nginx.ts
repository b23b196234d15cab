import { join } from 'node:path';
import { isInstalled, startProxy, type Proxy } from '../support/proxy.js';

export const hasNginx = () => isInstalled('nginx', 'a path prefix is not tested behind a real proxy');

/** Starts an nginx with these lines in its `server` block. */
export const startNginx = (lines: string): Promise<Proxy> =>
  startProxy({
    program: 'nginx',
    configuration: (folder, port) => configuration(folder, port, lines),
    args: (file, folder) => ['-p', folder, '-c', file, '-e', join(folder, 'error.log')],
  });

function configuration(folder: string, port: number, lines: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off; # one process, of whoever runs the tests
pid ${folder}/pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    ${lines}
  }
}
`;
}

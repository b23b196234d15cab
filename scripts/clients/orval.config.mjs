const input = './openapi.json';

export default {
  fetch: {
    input,
    output: { target: './gen/orval/fetch.ts', client: 'fetch', baseUrl: { runtime: 'process.argv[2]' } },
  },
  zod: { input, output: { target: './gen/orval/zod.ts', client: 'zod' } },
};

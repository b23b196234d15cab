import type { Resource } from '../support/resource.js';

export default {
  access: {
    hello: 'public',
    live: 'public',
    ready: 'public',
  },
} satisfies Resource;

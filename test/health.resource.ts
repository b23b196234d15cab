import type { Resource } from './support/resources.js';

export default {
  access: {
    hello: 'public',
    live: 'public',
    ready: 'public',
  },
} satisfies Resource;

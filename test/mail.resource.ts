import type { Resource } from './support/resources.js';

export default {
  access: {
    sendEmail: 'own address',
  },
} satisfies Resource;

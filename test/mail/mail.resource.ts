import type { Resource } from '../support/resource.js';

export default {
  access: {
    sendEmail: 'own address',
  },
} satisfies Resource;

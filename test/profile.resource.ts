import type { Resource } from './support/resources.js';

export default {
  access: {
    getProfile: 'caller',
    patchProfile: 'caller',
  },
} satisfies Resource;

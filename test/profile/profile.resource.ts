import type { Resource } from '../support/resource.js';

export default {
  access: {
    getProfile: 'caller',
    patchProfile: 'caller',
  },
} satisfies Resource;

import type { Resource } from '../support/resource.js';

export default {
  access: {
    createUser: 'shown',
    previewUser: 'public',
    listUsers: 'admin',
    getMe: 'caller',
    getUser: 'own',
    replaceUser: 'own',
    deleteUser: 'own',
    changePassword: 'caller in session',
    changeEmail: 'caller in session',
    disableUser: 'admin in session',
    enableUser: 'admin in session',
    changeRole: 'admin in session',
    importUsers: 'admin',
  },
  subjects: {
    user_id: { table: 'users', make: (owner) => Promise.resolve(owner) },
  },
  shows: { users: ['email', 'name', 'role', 'bio', 'address', 'tags', 'metadata'] },
} satisfies Resource;

import { byBody, byId, byNothing, type Begin } from './call.js';
import type { downloader } from './downloads.js';
import { lister, listerOf } from './lists.js';
import type { Retries } from './retries.js';
import { updateBy, updater, updaterOfOne, type Update } from './updates.js';

/** Returns the resources of the API. `send` sends all other operations by id. */
export function resources(begin: Begin, retries: Retries, download: ReturnType<typeof downloader>) {
  const update = updateBy(begin, retries);
  return {
    ...shop(begin, update),
    ...people(begin, update),
    ...operations(begin),
    exports: {
      list: lister(begin, 'listExports'),
      get: byId(begin, 'getExport'),
      create: byBody(begin, 'createExport'),
      delete: byId(begin, 'deleteExport'),
      download,
    },
  };
}

function shop(begin: Begin, update: Update) {
  return {
    items: {
      list: lister(begin, 'listItems'),
      get: byId(begin, 'getItem'),
      create: byBody(begin, 'createItem'),
      update: updater(update, 'getItem', 'patchItem'),
      delete: byId(begin, 'deleteItem'),
    },
    orders: {
      list: lister(begin, 'listOrders'),
      get: byId(begin, 'getOrder'),
      place: byBody(begin, 'placeOrder'),
      pay: byId(begin, 'payOrder'),
      ship: byId(begin, 'shipOrder'),
      cancel: byId(begin, 'cancelOrder'),
    },
  };
}

function people(begin: Begin, update: Update) {
  return {
    users: {
      list: lister(begin, 'listUsers'),
      get: byId(begin, 'getUser'),
      create: byBody(begin, 'createUser'),
      delete: byId(begin, 'deleteUser'),
    },
    profile: {
      get: byNothing(begin, 'getProfile'),
      update: updaterOfOne(update, 'getProfile', 'patchProfile'),
    },
    posts: {
      list: lister(begin, 'listPosts'),
      listOf: listerOf(begin, 'listUserPosts'),
      get: byId(begin, 'getPost'),
      create: byBody(begin, 'createPost'),
      update: updater(update, 'getPost', 'patchPost'),
      delete: byId(begin, 'deletePost'),
    },
  };
}

function operations(begin: Begin) {
  return {
    sessions: { list: lister(begin, 'listSessions'), end: byId(begin, 'endSession') },
    accessTokens: {
      list: lister(begin, 'listAccessTokens'),
      create: byBody(begin, 'createAccessToken'),
      revoke: byId(begin, 'revokeAccessToken'),
    },
    jobs: {
      list: lister(begin, 'listJobs'),
      get: byId(begin, 'getJob'),
      retry: byId(begin, 'retryJob'),
      cancel: byId(begin, 'cancelJob'),
    },
    audit: { list: lister(begin, 'listAuditEvents') },
  };
}

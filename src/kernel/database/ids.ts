/** The largest id: ids are PostgreSQL integers. Requests for greater ids get a 404. */
export const MAX_ID = 2_147_483_647;

/** Ids are PostgreSQL integers: anything else is simply not found. */
export const MAX_ID = 2_147_483_647;

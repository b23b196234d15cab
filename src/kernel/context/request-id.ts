/** The form of an `X-Request-ID`. Others are replaced by a random one. */
export const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Parameter } from './handlers.js';
import { rawInputsOf } from './raw-inputs.js';

const parameter = (type: RouteParamtypes, data?: string) => ({ type, data }) as unknown as Parameter;

it('the headers that a handler takes are in lower case, without those that each attempt of a request may change', () => {
  const names = ['X-Currency', 'Authorization', 'traceparent', 'User-Agent', 'Cookie', 'x-tenant'];
  const { headers } = rawInputsOf(names.map((name) => parameter(RouteParamtypes.HEADERS, name)));
  expect(headers).toEqual(['x-currency', 'x-tenant']);
});

it('the credentials count on public routes, whose callers are not known otherwise', () => {
  const parameters = ['Authorization', 'Cookie'].map((name) => parameter(RouteParamtypes.HEADERS, name));
  expect(rawInputsOf(parameters, true).headers).toEqual(['authorization', 'cookie']);
});

it('the cookies that a handler takes are those with a name', () => {
  const parameters = [
    parameter(RouteParamtypes.COOKIES, 'currency'),
    parameter(RouteParamtypes.SIGNED_COOKIES, 'cart'),
    parameter(RouteParamtypes.COOKIES),
  ];
  expect(rawInputsOf(parameters).cookies).toEqual(['currency', 'cart']);
});

it.each([
  ['bytes', [RouteParamtypes.RAW_BODY]],
  ['bytes', [RouteParamtypes.REQUEST, RouteParamtypes.RAW_BODY]],
  ['request', [RouteParamtypes.REQUEST]],
  ['none', [RouteParamtypes.QUERY]],
] as const)('the access to the body is "%s" for the parameters %j', (body, types) => {
  expect(rawInputsOf(types.map((type) => parameter(type)))).toMatchObject({ body });
});

import { ApiProperty } from '@nestjs/swagger';
import { ResponseWithHeaders, created, partsOf } from './response-with-headers.js';

describe('created', () => {
  it('returns the body with a Location header', () => {
    expect(created({ id: 7 }, '/items/7')).toEqual(new ResponseWithHeaders({ id: 7 }, { Location: '/items/7' }));
  });
});

describe('the parts of a result', () => {
  class Letter {
    @ApiProperty()
    body!: string;

    @ApiProperty({ type: 'object', additionalProperties: true })
    headers!: object;
  }

  const parts = { body: { id: 7 }, headers: { Location: '/items/7' } };

  it.each([
    ['a response with headers', new ResponseWithHeaders(parts.body, parts.headers)],
    ['its plain copy', parts],
    ['its plain copy with unset properties of a class', { ...parts, id: undefined }],
  ])('are those of %s', (_, result) => {
    expect(partsOf(result, undefined)).toMatchObject(parts);
  });

  it.each([
    ['another object', { id: 7 }],
    ['an object with other properties', { ...parts, id: 7 }],
    ['an object with one of the two properties', { body: 'x' }],
    ['an instance of another class', Object.assign(new Letter(), parts)],
    ['null', null],
    ['nothing', undefined],
  ])('are the result itself, without headers, if it is %s', (_, result) => {
    expect(partsOf(result, undefined)).toEqual({ body: result, headers: {} });
  });

  it('are an object of the response model, if the model declares both properties', () => {
    expect(partsOf(parts, Letter)).toEqual({ body: parts, headers: {} });
  });
});

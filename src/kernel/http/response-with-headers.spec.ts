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

  class Thing {
    @ApiProperty()
    id!: number;
  }

  class Note {
    @ApiProperty()
    body!: string;
  }

  const parts = { body: { id: 7 }, headers: { Location: '/items/7' } };

  it.each([
    ['a response with headers', new ResponseWithHeaders(parts.body, parts.headers)],
    ['its plain copy', parts],
    ['its plain copy with unset properties of a class', { ...parts, id: undefined }],
  ])('are those of %s', (_, result) => {
    expect(partsOf(result, Thing)).toMatchObject(parts);
  });

  it.each([null, undefined])('are those of a plain copy with headers alone (body: %s)', (body) => {
    expect(partsOf({ ...parts, body }, undefined)).toEqual({ ...parts, body });
  });

  it.each([
    ['another object', { id: 7 }],
    ['an object with other properties', { ...parts, id: 7 }],
    ['an object with one of the two properties', { body: 'x' }],
    ['an instance of another class', Object.assign(new Letter(), parts)],
    ['null', null],
    ['nothing', undefined],
    ['an object with headers that are not texts', { ...parts, headers: { Location: 7 } }],
    ['an object with a list of headers', { ...parts, headers: ['Location', '/items/7'] }],
  ])('are the result itself, without headers, if it is %s', (_, result) => {
    expect(partsOf(result, Thing)).toEqual({ body: result, headers: {} });
  });

  it('are the result itself, without headers, if it has the text of a note, or is not declared', () => {
    const note = { body: 'Hello', headers: { 'set-cookie': 'session=1' } };
    expect(partsOf(note, Note)).toEqual({ body: note, headers: {} });
    expect(partsOf(note, undefined)).toEqual({ body: note, headers: {} });
    expect(partsOf(parts, undefined)).toEqual({ body: parts, headers: {} });
  });

  it('are an object of the response model, if the model declares both properties', () => {
    expect(partsOf(parts, Letter)).toEqual({ body: parts, headers: {} });
  });
});

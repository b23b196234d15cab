import { ClassSerializerInterceptor, StandardSchemaValidationPipe } from '@nestjs/common';

// Protected members of Nest that the checks of declarations read (ARCHITECTURE.md lists them).

it('ClassSerializerInterceptor keeps its options in defaultOptions', () => {
  const options = { groups: ['admin'] };
  expect(Reflect.get(new ClassSerializerInterceptor({}, options), 'defaultOptions')).toEqual(options);
  expect(Reflect.get(new ClassSerializerInterceptor({}), 'defaultOptions')).toEqual({});
});

it('StandardSchemaValidationPipe keeps whether it validates custom parameters in validateCustomDecorators', () => {
  const pipe = new StandardSchemaValidationPipe({ validateCustomDecorators: true });
  expect(Reflect.get(pipe, 'validateCustomDecorators')).toBe(true);
  expect(Reflect.get(new StandardSchemaValidationPipe(), 'validateCustomDecorators')).toBe(false);
});

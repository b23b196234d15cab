// Starts the application with an additional controller in a separate process, outside Jest's sandbox. Sends a request
// to each route of that controller and prints JSON: the responses and the log, or the reason why it did not start.
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { createApp } from '../../dist/src/app.js';
import { Public } from '../../dist/src/kernel/access/access.js';
import { Returns, ReturnsNothing } from '../../dist/src/kernel/http/returns.js';
import { Logger } from '../../dist/src/kernel/logging/logger.js';
import { testConfig } from '../support/test-config.mjs';

/** Returns a class with the metadata that the compiler plugin would write for these properties (name → type). */
function model(name, properties) {
  const described = Object.entries(properties).map(([key, type]) => [key, { required: true, ...type }]);
  return {
    [name]: class {
      static _OPENAPI_METADATA_FACTORY = () => Object.fromEntries(described);
    },
  }[name];
}

/** Returns a controller with these handlers: name → [decorators, function that returns the result]. */
function controller(path, handlers) {
  class Odd {}
  for (const [name, [decorators, give]] of Object.entries(handlers)) {
    Object.defineProperty(Odd.prototype, name, {
      value: { [name]: () => give() }[name],
      configurable: true,
      writable: true,
    });
    for (const decorate of [Public(), Get(name), ...decorators]) {
      decorate(Odd.prototype, name, Object.getOwnPropertyDescriptor(Odd.prototype, name));
    }
  }
  ApiTags('odd')(Odd);
  Controller(path)(Odd);
  return Odd;
}

const OddAddress = model('OddAddress', { city: { type: () => String } });
const OddPerson = model('OddPerson', {
  id: { type: () => Number },
  name: { type: () => String, nullable: true },
  born: { type: () => Date },
  homes: { type: () => [OddAddress] },
});

const person = { id: 1, name: null, born: new Date(0), homes: [{ city: 'Ulm' }] };
const secret = 'this must not leave';
const summary = ApiOperation({ summary: 'Is odd.' });
const one = [summary, Returns(OddPerson)];

const CONTROLLERS = {
  models: () => [
    controller('odd', {
      oddGood: [one, () => person],
      oddMore: [one, () => ({ secret, ...person, homes: [{ city: 'Ulm', secret }], password_hash: secret })],
      oddMissing: [one, () => ({ ...person, born: undefined, secret })],
      oddWrong: [one, () => ({ ...person, id: secret })],
      oddNull: [one, () => ({ ...person, homes: null })],
      oddDeep: [one, () => ({ ...person, homes: [{ city: 'Ulm' }, { city: 1 }] })],
      oddNothing: [one, () => undefined],
      oddList: [[summary, Returns([OddPerson])], () => [{ secret, ...person }]],
      oddListOfWrong: [[summary, Returns([OddPerson])], () => [person, { ...person, id: 1.5 }]],
      oddOne: [[summary, Returns([OddPerson])], () => person],
      oddEmpty: [[summary, ReturnsNothing()], () => ({ secret })],
    }),
  ],
  undeclared: () => [controller('odd', { oddRoute: [[summary], () => person] })],
  twice: () => [
    controller('odd', { oddRoute: [one, () => person] }),
    controller('even', { oddRoute: [one, () => person] }),
  ],
  unguarded: () => [unguarded(controller('odd', { oddRoute: [one, () => person] }))],
  undescribed: () => [controller('odd', { oddRoute: [[Returns(OddPerson)], () => person] })],
};

/** Returns the same controller without its access rule. */
function unguarded(type) {
  Reflect.deleteMetadata('aerie:access', type.prototype.oddRoute);
  return type;
}

async function start(controllers, logger, config) {
  class WithOddRoutes {}
  return createApp(config, logger, (imported, adapter, options) => {
    Module({ imports: [imported], controllers })(WithOddRoutes);
    return NestFactory.create(WithOddRoutes, adapter, options);
  });
}

async function answersOf(app, [type]) {
  await app.listen(0, '127.0.0.1');
  const answers = {};
  for (const name of Object.getOwnPropertyNames(type.prototype).filter((key) => key !== 'constructor')) {
    const answer = await fetch(`${await app.getUrl()}/odd/${name}`);
    answers[name] = { status: answer.status, text: await answer.text(), id: answer.headers.get('x-request-id') };
  }
  return answers;
}

const [which, DATABASE_URL] = process.argv.slice(2);
const config = await testConfig({ DATABASE_URL });
const logs = [];
const logger = new Logger(config, { write: (line) => logs.push(JSON.parse(line)) });
const controllers = CONTROLLERS[which]();
try {
  const { app } = await start(controllers, logger, config);
  const answers = await answersOf(app, controllers);
  await app.close();
  console.log(JSON.stringify({ answers, logs }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.message }));
}
process.exit(0);

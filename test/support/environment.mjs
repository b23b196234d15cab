// The applications under test live OUTSIDE Jest's module sandbox: Nest and TypeORM load once per Jest worker.
import { TestEnvironment } from 'jest-environment-node';
import { Applications } from './applications.mjs';

export default class AppEnvironment extends TestEnvironment {
  applications = new Applications();

  constructor(config, context) {
    super(config, context);
    this.startsItsOwn = /[\\/]test[\\/](?:nest|recipes)[\\/]/.test(context.testPath); // with startNest or startRecipes
  }

  async setup() {
    await super.setup();
    Object.assign(this.global, await this.applications.prepare());
    if (!this.startsItsOwn) Object.assign(this.global, await this.applications.begin());
    else Object.defineProperty(this.global, 'baseUrl', { get: () => this.applications.newestUrl });
  }

  handleTestEvent(event, state) {
    this.applications.judge.handle(event, state);
  }

  async teardown() {
    await this.applications.end();
    await super.teardown();
    this.applications.judge.finish(this.applications.database?.name);
  }
}

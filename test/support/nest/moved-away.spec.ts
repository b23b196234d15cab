import { Controller, Module } from '@nestjs/common';
import { movedAway } from './moved-away.mjs';

@Controller('events')
class EventsController {}

@Controller('items')
class ItemsController {}

@Controller()
class RootController {}

@Module({ controllers: [EventsController, RootController] })
class EventsModule {}

@Module({ controllers: [ItemsController] })
class ItemsModule {}

@Module({ imports: [EventsModule, ItemsModule] })
class AppModule {}

@Controller('/events/')
class StreamsController {}

@Module({ controllers: [StreamsController, RootController] })
class StreamsModule {}

@Module({})
class FeatureModule {}

it('resources with the path of a feature get another path, and no others', () => {
  const application = { module: AppModule, imports: [{ module: FeatureModule }] };
  const feature = { module: FeatureModule, imports: [Promise.resolve({ module: ItemsModule }), StreamsModule] };
  expect(movedAway(application, [feature])).toEqual([{ path: 'moved-away', module: EventsModule }]);
  expect(movedAway(application, [FeatureModule])).toEqual([]);
});

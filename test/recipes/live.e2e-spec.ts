import { WebSocket } from 'ws';
import { query } from '../support/database.js';
import { anItem, eventually } from '../support/factories.js';
import { recipesWith } from '../support/recipes.js';

const nest = recipesWith(['server-sent-events', 'websocket']);

it('server-sent-events: sends the stock at first and after each change', async () => {
  await anItem({ stock: 3 });
  const controller = new AbortController();
  const { body } = await fetch(`${nest.url}/stock/events`, { signal: controller.signal });
  const reader = body!.getReader();
  let seen = '';
  const until = async (part: string) => {
    while (!seen.includes(part)) seen += Buffer.from((await reader.read()).value ?? []).toString();
  };
  await until('data: {"stock":3}');
  await query('update items set stock = 5');
  await until('data: {"stock":5}');
  expect(seen.match(/event: stock/g)).toHaveLength(2);
  controller.abort();
});

it('websocket: forwards a message to all clients', async () => {
  const heard: string[] = [];
  const sockets = await Promise.all(
    ['ann', 'bob'].map(async (name) => {
      const socket = new WebSocket(`${nest.url.replace('http', 'ws')}/chat`);
      socket.on('message', (text: Buffer) => heard.push(`${name} ${text.toString()}`));
      await new Promise((resolve, reject) => void socket.once('open', resolve).once('error', reject));
      return socket;
    }),
  );
  sockets[0]!.send(JSON.stringify({ event: 'say', data: 'Hello' }));
  await eventually(() => Promise.resolve(heard.length === 2 ? true : undefined));
  const said = '{"event":"said","data":"Hello"}';
  expect(heard.toSorted()).toEqual([`ann ${said}`, `bob ${said}`]);
  for (const socket of sockets) socket.close();
});

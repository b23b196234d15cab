// Preloaded into a program: a server that answers with the used bytes of V8's old objects, and prints its address.
import { createServer } from 'node:http';
import { getHeapSpaceStatistics } from 'node:v8';

const oldBytes = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size;

const server = createServer((_request, response) => response.end(String(oldBytes())));
server.listen(0, '127.0.0.1', () => console.log(`Heap at http://127.0.0.1:${server.address().port}`)).unref();

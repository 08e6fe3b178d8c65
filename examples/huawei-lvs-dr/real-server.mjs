/** Says its name to whoever asks, one request a connection. */
import { createServer } from 'node:http';

const [name] = process.argv.slice(2);
const server = createServer((_request, response) => {
  response.setHeader('connection', 'close');
  response.end(`${name}\n`);
});
server.listen(80, '192.168.5.100');

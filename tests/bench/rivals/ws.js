// The rival of the fan-out benchmark: Node's `ws`, one send per client and frame.
// Usage: NODE_PATH=…/node_modules node ws.js PORT
const http = require('node:http');
const { WebSocketServer } = require('ws');

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  if (request.method === 'POST') {
    const frame = 'x'.repeat(Number(url.searchParams.get('size')));
    for (const client of sockets.clients) client.send(frame);
  }
  response.setHeader('content-type', 'application/json');
  response.end('{}');
});
const sockets = new WebSocketServer({ server, path: '/live', perMessageDeflate: false });
// `GET /ready` and `POST /frame?size=` are the same handler.
server.listen(Number(process.argv[2]), '127.0.0.1');

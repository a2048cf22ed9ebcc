// The two routes in Express, with a process for each core.
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import express from 'express';
import { Problem } from './common.mjs';
import { showMenu } from './menu.mjs';
import { placeOrder } from './order.mjs';

function fail(error, req, res, next) {
  if (res.headersSent) {
    next(error);
    return;
  }
  const status = error.status ?? 500;
  if (status === 500) console.error(error);
  res.status(status).type('application/problem+json')
    .json({ status, code: error instanceof Problem ? error.code : 'error', detail: status === 500 ? undefined : error.message });
}

function serve() {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '256kb', verify: (req, res, raw) => { req.raw = raw; } }));
  app.get('/api/r/:slug/menu', showMenu);
  app.post('/api/orders', placeOrder);
  app.use(() => { throw new Problem(404, 'not_found'); });
  app.use(fail);
  const server = app.listen(Number(process.env.PORT), '127.0.0.1');
  server.keepAliveTimeout = 75000; // longer than nginx keeps a connection
}

if (cluster.isPrimary) for (let i = 0; i < availableParallelism(); i++) cluster.fork();
else serve();

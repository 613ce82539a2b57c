import { newDataDirectory, spawnGateway } from './support/gateway.ts';
import { setTimeout as sleep } from 'node:timers/promises';
const directory = await newDataDirectory();
console.log(directory);
const g = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '3' });
const call = async (local: any, path: string, body?: object) => (await fetch(`${local.url}${path}`, { method: body ? 'POST' : 'GET', headers: { authorization: `Bearer ${local.apiKey}`, 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) })).json();
const orders: any[] = await Promise.all(['piapi', 'cloudsway', 'piapi', 'cloudsway'].map((provider) => call(g.local, '/v1/videos', { prompt: 'A lighthouse at dusk', provider })));
for (;;) {
  const vs: any[] = await Promise.all(orders.map(({ id }) => call(g.local, `/v1/videos/${id}`)));
  if (vs.every((v) => v.gateway.attempts[0]?.job_id)) break;
  await sleep(50);
}
await g.kill();
const t0 = Date.now();
const h = await spawnGateway(directory, { CONCH_SIMULATED_SECONDS: '3' });
for (let i = 0; i < 45; i += 1) {
  const vs: any[] = await Promise.all(orders.map(({ id }) => call(h.local, `/v1/videos/${id}`)));
  console.log(((Date.now() - t0) / 1000).toFixed(1), vs.map((v) => `${v.gateway.provider} ${v.gateway.state} ${v.gateway.next_look_at}`).join(' | '));
  if (vs.every((v) => v.status === 'completed')) break;
  await sleep(1000);
}
await h.stop();

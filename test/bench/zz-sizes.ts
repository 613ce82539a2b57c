import { startInProcessGateway } from '/work/main/test/support/in-process-gateway.ts';
import { startDynamoDbMeter } from '/work/main/test/bench/dynamodb-meter.ts';
import { itemBytes, itemSchema } from '/work/main/test/bench/dynamodb-units.ts';
import { startAwsJsonServer } from '/work/main/infra/local/aws-json-server.ts';
let log: string[] = [];
let meter: any;
const gw = await startInProcessGateway({ jobSeconds: 180, videoBytes: 100_000, async frontDynamoDb(server, { tables }) {
  meter = await startDynamoDbMeter(server, tables);
  const call = async (op: string, input: any) => { const r = await fetch(meter.url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.' + op }, body: JSON.stringify(input) }); return { ok: r.ok, body: await r.json() as any }; };
  const raw = async (input: any) => { const r = await fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.GetItem' }, body: JSON.stringify(input) }); return (await r.json() as any).Item; };
  return startAwsJsonServer({ services: { async DynamoDB_20120810(op, input: any) {
    const b = { ...meter.units() };
    const r = await call(op, input);
    const u = meter.units();
    const it = input.Key && await raw({ TableName: input.TableName, Key: input.Key, ConsistentRead: true });
    log.push(`${op} ${r.ok ? '' : r.body.__type} w${u.write - b.write} r${u.read - b.read} ${it ? itemBytes(itemSchema.parse(it)) : ''} ${it?.taskToken ? 'token' + it.taskToken.S.length : ''} ${(input.UpdateExpression ?? '').slice(0, 60)}`);
    if (!r.ok) { const { AwsServiceError } = await import('/work/main/infra/local/aws-service-error.ts'); const { __type, message, ...d } = r.body; throw new AwsServiceError(__type.replace(/.*#/, ''), message, d); }
    return r.body;
  } } });
} });
for (const p of ['piapi', 'piapi', 'piapi','cloudsway']) { log = []; const b = meter.units(); await gw.call({ method: 'POST', path: '/v1/videos', json: { prompt: 'A lighthouse at dusk, waves below [Push in]', provider: p } }); await gw.runToEnd(); const u = meter.units(); console.log(p, u.write - b.write, u.read - b.read); if (p==='cloudsway'||true) console.log(log.join('\n')); }
await gw.close();

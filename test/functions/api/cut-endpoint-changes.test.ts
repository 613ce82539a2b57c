import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { createWebhookEndpoint } from '../../../functions/api/create-webhook-endpoint.ts';
import { rotateWebhookSecret } from '../../../functions/api/rotate-webhook-secret.ts';
import { createForgetfulClient } from '../../support/forgetful-client.ts';
import { anHttpEvent } from '../../support/http-events.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { everyDeath, mortalLedger, untilKilled } from '../../support/mortal.ts';
import { startTables, type Tables } from '../../support/tables.ts';
import { webhookTools } from '../../support/webhooks.ts';

const caller = { account: 'acme', keyId: 'key_1', isKeyCounted: false };
const clock = createManualClock();
let tables: Tables;
beforeEach(async () => {
  tables = await startTables();
  onTestFinished(() => tables.close());
});

const api = ({ client } = tables) => ({
  webhooks: webhookTools({ ledger: { ...tables.ledger, client } }),
  clock,
  trustedOrigins: [],
});
const stored = () => api().webhooks.endpoints.list('acme');
const toldSchema = z.object({ id: z.string(), secret: z.string() });

async function create(given = api()) {
  const event = anHttpEvent({ method: 'POST', path: '/', json: { url: 'https://hooks.example.com/' } });
  const { body } = await createWebhookEndpoint({ event, parameters: {}, ...caller }, given);
  return toldSchema.parse(JSON.parse(`${body}`));
}

async function rotate(id: string, given = api()) {
  const event = anHttpEvent({ method: 'POST', path: '/' });
  const { body } = await rotateWebhookSecret({ event, parameters: { id }, ...caller }, given);
  return toldSchema.parse(JSON.parse(`${body}`));
}

function forgetful() {
  const client = createForgetfulClient(tables.url, 'UpdateItemCommand');
  onTestFinished(() => client.destroy());
  return api({ ...tables, client });
}
const dying = (death: Parameters<typeof mortalLedger>[1]) =>
  api({ ...tables, client: mortalLedger(tables.ledger, death).client });

describe('an endpoint', () => {
  it('is made once, with the secret that is told, when the answer to its write is lost', async () => {
    const { id, secret } = await create(forgetful());

    expect(await stored()).toMatchObject([{ id, secret }]);
  });

  it('keeps the secret from before when the answer to its rotation is lost', async () => {
    const made = await create();

    const { secret } = await rotate(made.id, forgetful());

    expect(await stored()).toMatchObject([{ secret, oldSecrets: [{ secret: made.secret }] }]);
  });

  it.each(everyDeath(1))(
    'signs with the secret that its receiver knows when a rotation died $when its write, and was repeated',
    async (death) => {
      const made = await create();
      expect(await untilKilled(rotate(made.id, dying(death)))).toBe('killed');

      const { secret } = await rotate(made.id);

      const [endpoint] = await stored();
      expect(endpoint?.secret).toBe(secret);
      expect(endpoint?.oldSecrets.map((old) => old.secret)).toContain(made.secret);
    },
  );
});

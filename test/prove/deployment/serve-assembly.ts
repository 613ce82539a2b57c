import { argv } from 'node:process';
import { startGateway } from '../../../infra/local/gateway.ts';
import { readLocalSettings } from '../../../infra/local/settings.ts';

/** As `npm start`, but it runs the cloud assembly that the first argument names. */
const [, , assemblyDirectory] = argv;
if (assemblyDirectory === undefined) throw new Error('Name the directory of a cloud assembly');
const gateway = await startGateway({ ...readLocalSettings(), assemblyDirectory });
process.once('SIGTERM', async () => {
  await gateway.close();
  process.exit(0);
});
console.log(`ready ${gateway.url}`);

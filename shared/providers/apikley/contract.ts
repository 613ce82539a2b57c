import { toMarketContract } from '../market/contract.ts';
import { nativeModels } from './wire.ts';

export const contract = toMarketContract({
  provider: 'apikley',
  title: 'Apikley',
  operationPrefix: 'Apikley',
  exampleId: 'task_hailuo_3682474181382367956',
  nativeModels,
});

import { describeMarketRefusals } from './market-refusals.ts';

describeMarketRefusals("Apikley's door", 'apikley');

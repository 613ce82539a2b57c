import { describeMarketRefusals } from './market-refusals.ts';

describeMarketRefusals("the door of KIE's market", 'kie');

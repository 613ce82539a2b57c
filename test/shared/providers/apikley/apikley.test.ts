import { apikley } from '../../../../shared/providers/apikley/index.ts';
import { describeProvider } from '../describe-provider.ts';
import { marketDialectOf } from '../market/market-dialect.ts';

describeProvider(marketDialectOf(apikley));

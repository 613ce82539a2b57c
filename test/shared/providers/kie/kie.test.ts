import { kie } from '../../../../shared/providers/kie/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';
import { marketDialectOf } from '../market/market-dialect.ts';

const task = (fields: object) => JSON.stringify({ code: 0, message: 'success', data: fields });

/** As by the document. */
describeProvider({
  definition: kie,
  created: (idJson) => `{"code":0,"message":"success","data":{"taskId":${idJson},"status":0}}`,
  refused: (code, message) => JSON.stringify({ code, message, data: null }),
  looked: (status) => task({ taskId: 'a', status }),
  words: { queued: [], running: ['0'] },
  succeeded: [readFixture('kie/record-success')],
  succeededWithoutUrl: [
    [task({ status: 1 })],
    [task({ status: '1', videoUrl: ' ' })],
    [task({ status: 1, videoUrl: null })],
  ],
  failed: (errorMessage) => task({ status: 2, errorMessage }),
});

describeProvider(
  marketDialectOf({ ...kie, load: (variables) => kie.load({ KIE_DIALECT: 'market', ...variables }) }),
);

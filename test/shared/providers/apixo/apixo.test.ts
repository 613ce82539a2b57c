import { apixo } from '../../../../shared/providers/apixo/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';

const task = (fields: object) => JSON.stringify({ code: 200, message: 'success', data: fields });

describeProvider({
  definition: apixo,
  created: (idJson) => `{"code":200,"message":"success","data":{"taskId":${idJson}}}`,
  refused: (code, message) => JSON.stringify({ code, message, data: null }),
  looked: (state) => task({ taskId: 'a', state, createTime: 1772446442000 }),
  words: { queued: ['Pending'], running: ['Processing'] },
  succeeded: [readFixture('apixo/status-success')],
  succeededWithoutUrl: [
    [task({ state: 'success' })],
    [task({ state: 'success', resultJson: '' })],
    [task({ state: 'success', resultJson: 'not json' })],
    [task({ state: 'success', resultJson: 'null' })],
    [task({ state: 'success', resultJson: '{"resultUrls":null}' })],
    [task({ state: 'success', resultJson: '{"resultUrls":[]}' })],
    [task({ state: 'success', resultJson: '{"resultUrls":["", null, " "]}' })],
  ],
  failed: (failMsg) => task({ state: 'failed', failCode: 'GENERATION_FAILED', failMsg }),
});

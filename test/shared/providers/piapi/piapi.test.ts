import { piapi } from '../../../../shared/providers/piapi/index.ts';
import { readFixture } from '../../../support/read-fixture.ts';
import { describeProvider } from '../describe-provider.ts';

const task = (fields: object) => JSON.stringify({ code: 200, message: 'success', data: fields });

describeProvider({
  definition: piapi,
  created: (idJson) => `{"code":200,"message":"success","data":{"task_id":${idJson},"status":"pending"}}`,
  refused: (code, message) => JSON.stringify({ code, message, data: null }),
  looked: (status) => task({ task_id: 'a', status, output: null }),
  words: { queued: ['Pending', 'Staged'], running: ['Processing'] },
  succeeded: [readFixture('piapi/task-completed')],
  succeededWithoutUrl: [
    [task({ status: 'completed', output: null })],
    [task({ status: 'completed', output: { video_url: '', video: ' ', download_url: null } })],
    [task({ status: 'completed' })],
  ],
  failed: (message) => task({ status: 'failed', error: { code: 10000, raw_message: '', message } }),
});

import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { GatewayFunction } from './gateway-function.ts';

/**
 * Days until the objects of each folder are removed at the latest. Videos and what was delivered of them are removed
 * at their `expires_at`, which is a year away at most. It counts from the end of the task, which a person may bring
 * about weeks after the archive: hence the rest.
 */
const keptDays = { inputs: 31, videos: 400, inbox: 31, outbox: 400, reports: 400 } as const;
type Folder = keyof typeof keptDays;

const wildcardReason = 'Object keys are made at run time; the permission ends at the folder.';

/** What customers send and what they get, and the reports of the ledger. Its events go to EventBridge. */
export class MediaBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: lifecycleRules(),
    });
    sendEventsToEventBridge(this.bucket);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Server access logs would keep presigned URLs, which are credentials. Object events go to EventBridge.',
    });
  }

  grantRead(folder: Folder, ...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) {
      this.allowOnFolder(gatewayFunction, folder, ['s3:GetObject']);
      // Without it, S3 answers 403 instead of 404 for an object that is not there.
      gatewayFunction.allow({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] });
    }
  }

  grantWrite(folder: Folder, ...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions)
      this.allowOnFolder(gatewayFunction, folder, ['s3:PutObject', 's3:AbortMultipartUpload']);
  }

  grantDelete(folder: Folder, ...functions: readonly GatewayFunction[]): void {
    for (const gatewayFunction of functions) this.allowOnFolder(gatewayFunction, folder, ['s3:DeleteObject']);
  }

  private allowOnFolder(gatewayFunction: GatewayFunction, folder: Folder, actions: readonly string[]): void {
    gatewayFunction.setVariable('MEDIA_BUCKET_NAME', this.bucket.bucketName);
    gatewayFunction.allow({ actions, resources: [this.bucket.arnForObjects(`${folder}/*`)], wildcardReason });
  }
}

function lifecycleRules(): LifecycleRule[] {
  const expirations = Object.entries(keptDays).map(([folder, days]) => ({
    id: `expire-${folder}`,
    prefix: `${folder}/`,
    expiration: Duration.days(days),
  }));
  const abortion = { id: 'abort-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) };
  return [...expirations, abortion];
}

/** By the plain property: `eventBridgeEnabled` of the construct would add a custom resource. */
function sendEventsToEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new TypeError('The bucket construct has no bucket resource');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}

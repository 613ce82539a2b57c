import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics({ namespace: 'Conch', serviceName: 'conch' });

/** The events that an operator wants to see as numbers. */
export type CountedEvent =
  /** A provider answered a status word that its adapter does not know. */
  | 'UnknownProviderStatus'
  /** An order of which nobody knows whether the provider took it. */
  | 'SubmitUnknown'
  /** A failure of which nobody knows whether the provider charged for it; its hold was released. */
  | 'ChargeUnknown'
  /** What the daily reconciliation found to differ. */
  | 'LedgerDifference'
  /** What the sweeper had to do. */
  | 'SweeperRepair';

/** Counts an event in CloudWatch, by way of a log line. Dimension values must be few. */
export function count(event: CountedEvent, dimensions: Readonly<Record<string, string>>, times = 1): void {
  if (times === 0) return;
  const metric = metrics.singleMetric();
  for (const [name, value] of Object.entries(dimensions)) metric.addDimension(name, value);
  // Once more over all values: alarms watch the sum.
  metric.addDimensions({});
  metric.addMetric(event, MetricUnit.Count, times);
}

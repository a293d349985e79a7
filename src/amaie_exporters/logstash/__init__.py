"""What Logstash ships, under the metric names of `ingest`, so that the same alerts hold with either shipper.

Written from Logstash's documented API and the source of its Elasticsearch output, never run against a
Logstash: no package registry has one. Logstash does not say everything that `ingest` says:

* Reasons: it counts documents, not their fields. Lines that broke the contract have the one reason
  `contract`; documents that Elasticsearch refused (they come by the dead letter queue) have `refused`.
* Retries: bulk requests that failed as a whole; one that failed in part is not counted.
* Lag: reckoned from the counters of successive scrapes, exact to a scrape; what Logstash has not read from
  the files yet is not seen, nor how old a queue was before this exporter started.
"""

"""What Logstash does with the lines that `ingest` hands it, under the metric names of `ingest`.

So the same alerts hold with and without Logstash. Written from its documented API and the source of its
Elasticsearch output; right for a Logstash 9.5.2 that was assembled from its sources, not seen with the image.
Logstash does not say everything that `ingest` says:

* Reasons: it counts documents, not their fields. Lines that broke the contract have the one reason
  `contract`; documents that Elasticsearch refused (they come by the dead letter queue) have `refused`; events
  on which a script failed and letters that a full queue dropped have `lost`: of these there is no document.
* Retries: bulk requests that failed as a whole; one that failed in part is not counted.
* Lag: reckoned from the counters of successive scrapes, exact to a scrape; how old a queue was before this
  exporter started is not seen. For how long lines wait in the files, `ingest` says.
"""

# A document that Elasticsearch refused becomes a rejected document: reason "refused", detail what it said.
# It went through contract.rb before, so it is redacted already.
require "digest"

ERROR_TYPE = /"type"=>"([a-z_]+)"/.freeze
KEPT = %w[service level event_id].freeze

def register(_params); end

def filter(event)
  said = event.get("[@metadata][dead_letter_queue][reason]").to_s
  fields = event.to_hash.reject { |name, _| name.start_with?("@metadata") || name == "@version" }
  record = LogStash::Json.dump(fields)
  body = {
    "reason" => "refused",
    "detail" => said[ERROR_TYPE, 1] || "unknown",
    "source" => "dead_letter_queue",
    "record" => record,
    "record_bytes" => record.bytesize,
  }
  KEPT.each { |name| body[name] = fields[name] if fields[name] }
  [rejected(body, fields["event_id"], record)]
end

def rejected(body, event_id, record)
  letter = LogStash::Event.new(body)
  letter.remove("@version")
  letter.set("[@metadata][stream]", "rejected")
  letter.set("[@metadata][id]", event_id || "line-#{Digest::SHA256.hexdigest(record)[0, 40]}")
  letter
end
